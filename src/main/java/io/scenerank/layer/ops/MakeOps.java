package io.scenerank.layer.ops;

import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Structure;
import io.scenerank.variable.Shapes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.OneHot;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;
import org.tensorflow.types.family.TType;

/** Functions that make tensors: constants of a shape, other types, codes of ids and of bins. */
final class MakeOps {
  private MakeOps() {}

  static ImmutableList<LayerType> types() {
    ImmutableList.Builder<LayerType> types = ImmutableList.builder();
    types.add(
        Operation.type("Cast", call -> cast(call, "dtype")).argument("dtype"),
        Operation.single("SaturateCast", MakeOps::saturateCast).argument("dtype"),
        Operation.type("Array", call -> cast(call, "dtype")).argument("dtype", null),
        Operation.type("ConvertToTensor", call -> cast(call, "dtype"))
            .argument("dtype", null)
            .argument("sparse", null)
            .argument("ragged", null),
        like("ZerosLike", 0),
        like("EmptyLike", 0),
        like("OnesLike", 1),
        Operation.single("FullLike", MakeOps::fullLike).argument("dtype", null),
        Operation.single("OneHot", MakeOps::oneHot)
            .argument("num_classes")
            .argument("axis", -1)
            .argument("dtype", null)
            .only("sparse", false),
        Operation.single("MultiHot", MakeOps::multiHot)
            .argument("num_classes", null)
            .argument("axis", -1)
            .argument("dtype", null)
            .only("sparse", false),
        Operation.type("Meshgrid", MakeOps::meshgrid).argument("indexing", "xy"),
        Operation.single("IsIn", MakeOps::isIn)
            .argument("assume_unique", false)
            .argument("invert", false),
        Operation.single("SearchSorted", MakeOps::searchSorted).argument("side", "left"),
        Operation.single("Digitize", MakeOps::digitize),
        Operation.single("Select", MakeOps::select));
    return types.build();
  }

  private static LayerType like(String name, double value) {
    return Operation.single(
            name,
            call -> {
              DType type = call.dtype("dtype", DType.of(call.x().type()));
              return call.tf()
                  .fill(call.tf().shape(call.x()), Value.constant(call.tf(), value, type));
            })
        .argument("dtype", null);
  }

  /** A tensor that has the type already is handed on, mask and all. */
  private static Structure<MaskedTensor> cast(OpCall call, String option) {
    Structure<MaskedTensor> given =
        call.arguments().positional().isEmpty()
            ? call.arguments().get("x", 0)
            : call.arguments().positional().get(0);
    if (given instanceof Structure.Leaf<MaskedTensor> leaf) {
      MaskedTensor x = leaf.value();
      if (x.isText()
          || call.dtype(option, DType.of(x.value().type())) == DType.of(x.value().type())) {
        return given;
      }
    }
    Operand<TNumber> x = call.x();
    return Structure.leaf(
        MaskedTensor.of(Value.cast(call.tf(), x, call.dtype(option, DType.of(x.type())))));
  }

  /** Values beyond the limits of the type become the limits. */
  private static Operand<TNumber> saturateCast(OpCall call) {
    Ops tf = call.tf();
    Operand<TNumber> x = call.x();
    DType type = call.dtype("dtype", DType.of(x.type()));
    double least =
        switch (type) {
          case INT32 -> Integer.MIN_VALUE;
          case INT64 -> Long.MIN_VALUE;
          case UINT8 -> 0;
          default -> Double.NEGATIVE_INFINITY;
        };
    double most =
        switch (type) {
          // The float below 2^31 and 2^63.
          case INT32 -> 2147483520.0;
          case INT64 -> 0x1.fffffep62;
          case UINT8 -> 255;
          default -> Double.POSITIVE_INFINITY;
        };
    if (!UnaryOps.isFloat(x) || Double.isInfinite(most)) {
      return Value.cast(tf, x, type);
    }
    return Value.cast(
        tf, tf.clipByValue(x, UnaryOps.like(tf, x, least), UnaryOps.like(tf, x, most)), type);
  }

  private static Operand<TNumber> fullLike(OpCall call) {
    Ops tf = call.tf();
    Operand<TNumber> x = call.x("x", 0);
    DType type = call.dtype("dtype", DType.of(x.type()));
    return tf.broadcastTo(call.value("fill_value", 1).as(tf, type), tf.shape(x));
  }

  private static Operand<TNumber> oneHot(OpCall call, Operand<TNumber> x, DType type) {
    Ops tf = call.tf();
    int axis = call.integer("axis");
    return tf.oneHot(
        Value.cast(tf, x, DType.INT64),
        tf.constant(call.integer("num_classes")),
        Value.constant(tf, 1, type),
        Value.constant(tf, 0, type),
        OneHot.axis((long) (axis < 0 ? axis + Axes.rank(x) + 1 : axis)));
  }

  private static Operand<TNumber> oneHot(OpCall call) {
    return oneHot(call, call.x(), call.dtype("dtype", DType.FLOAT32));
  }

  private static Operand<? extends TType> multiHot(OpCall call) {
    Operand<TNumber> x = call.x();
    DType type = call.dtype("dtype", DType.FLOAT32);
    Operand<TNumber> codes = oneHot(call, x, type);
    int[] axis = {Axes.rank(x) > 1 ? 1 : 0};
    return type == DType.BOOL
        ? ReductionOps.any(call.tf(), UnaryOps.bools(call.tf(), codes), axis, false)
        : ReductionOps.max(call.tf(), codes, axis, false);
  }

  private static Structure<MaskedTensor> meshgrid(OpCall call) {
    Ops tf = call.tf();
    List<Operand<TNumber>> flat = new ArrayList<>();
    for (int i = 0; i < call.arguments().positional().size(); i++) {
      flat.add(ShapeOps.flat(tf, call.x(i)));
    }
    int rank = flat.size();
    boolean swapped = rank > 1 && call.option("indexing").asText().equals("xy");
    List<Operand<TInt32>> sizes = new ArrayList<>();
    for (int axis = 0; axis < rank; axis++) {
      int from = swapped && axis < 2 ? 1 - axis : axis;
      sizes.add(Shapes.size(tf, flat.get(from), 0));
    }
    List<Operand<TNumber>> grids = new ArrayList<>();
    for (int i = 0; i < rank; i++) {
      int[] shape = new int[rank];
      Arrays.fill(shape, 1);
      shape[swapped && i < 2 ? 1 - i : i] = -1;
      grids.add(tf.broadcastTo(tf.reshape(flat.get(i), tf.constant(shape)), Axes.shape(tf, sizes)));
    }
    return Operation.list(grids);
  }

  private static Operand<TBool> isIn(OpCall call) {
    Ops tf = call.tf();
    OpCall.Pair pair = call.pair();
    Operand<TBool> same =
        tf.math.equal(
            tf.expandDims(pair.left(), tf.constant(Axes.rank(pair.left()))),
            ShapeOps.flat(tf, pair.right()));
    Operand<TBool> found = ReductionOps.any(tf, same, new int[] {Axes.rank(pair.left())}, false);
    return call.flag("invert") ? tf.math.logicalNot(found) : found;
  }

  /** How many of the sorted values lie below each one, or not above it. */
  private static Operand<TInt32> searchSorted(OpCall call) {
    Ops tf = call.tf();
    OpCall.Pair pair = call.pair("sorted_sequence", "values");
    Operand<TNumber> values = tf.expandDims(pair.right(), tf.constant(Axes.rank(pair.right())));
    Operand<TBool> before =
        call.option("side").asText().equals("left")
            ? tf.math.less(pair.left(), values)
            : tf.math.lessEqual(pair.left(), values);
    return tf.sum(tf.dtypes.cast(before, TInt32.class), tf.constant(Axes.rank(pair.right())));
  }

  private static Operand<TInt32> digitize(OpCall call) {
    Operand<TNumber> x = call.x("x", 0);
    List<Float> bins = new ArrayList<>();
    call.arguments()
        .constant("bins", 1)
        .orElseThrow(() -> new IllegalArgumentException("bins is a tensor, expected a constant"))
        .findValues("value")
        .forEach(list -> list.forEach(bin -> bins.add((float) bin.asDouble())));
    if (bins.isEmpty()) {
      call.arguments()
          .constant("bins", 1)
          .orElseThrow()
          .forEach(bin -> bins.add((float) bin.asDouble()));
    }
    return call.tf().bucketize(UnaryOps.ints(call.tf(), x), bins);
  }

  /** The first choice whose condition holds. */
  private static Operand<TNumber> select(OpCall call) {
    Ops tf = call.tf();
    List<Operand<TNumber>> conditions = call.list("condlist");
    if (!(call.arguments().get("choicelist", 1) instanceof Structure.Items<MaskedTensor> list)) {
      throw new IllegalArgumentException("choicelist is not a list of tensors");
    }
    List<Operand<TNumber>> choices =
        list.leaves().stream().map(leaf -> Value.numbers(leaf.value())).toList();
    Operand<TNumber> found =
        call.optional("default", 2)
            .map(value -> value.as(tf, DType.of(choices.get(0).type())))
            .orElseGet(() -> UnaryOps.like(tf, choices.get(0), 0));
    for (int i = choices.size() - 1; i >= 0; i--) {
      found = tf.select(UnaryOps.bools(tf, conditions.get(i)), choices.get(i), found);
    }
    return found;
  }
}
