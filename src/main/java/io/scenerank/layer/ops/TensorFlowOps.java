package io.scenerank.layer.ops;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Norms;
import io.scenerank.layer.base.Structure;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Gather;
import org.tensorflow.types.family.TFloating;
import org.tensorflow.types.family.TNumber;

/** Functions of TensorFlow that {@code keras.ops} has otherwise. */
final class TensorFlowOps {
  private TensorFlowOps() {}

  static ImmutableList<LayerType> types() {
    return ImmutableList.of(
        Operation.single("AddN", call -> call.tf().math.addN(call.list("inputs"))),
        Operation.single(
            "SquaredDifference",
            call -> {
              OpCall.Pair pair = call.pair();
              return call.tf().math.squaredDifference(pair.left(), pair.right());
            }),
        Operation.single("Shape", call -> call.tf().shape(call.x())),
        Operation.single("Fill", TensorFlowOps::fill),
        Operation.type("SplitSizes", TensorFlowOps::split)
            .argument("num_or_size_splits")
            .argument("axis", 0),
        Operation.single("SliceSizes", TensorFlowOps::slice).argument("size"),
        Operation.single("GatherBatches", TensorFlowOps::gather)
            .argument("axis", null)
            .argument("batch_dims", 0),
        Operation.single("ClipBetween", TensorFlowOps::clip),
        Operation.single("L2Normalize", TensorFlowOps::normalize)
            .argument("axis", null)
            .argument("epsilon", 1e-12),
        Operation.single("TransposedMatmul", TensorFlowOps::matmul)
            .argument("transpose_a", false)
            .argument("transpose_b", false)
            .only("adjoint_a", false)
            .only("adjoint_b", false),
        Operation.single("BandPart", TensorFlowOps::bandPart)
            .argument("num_lower")
            .argument("num_upper"),
        Operation.single("DiagPart", call -> MatrixOps.diagonal(call.tf(), call.x(), 0)));
  }

  private static Operand<TNumber> fill(OpCall call) {
    Value value = call.value("value", 1);
    return call.tf()
        .fill(
            Value.cast(call.tf(), call.x(0), DType.INT32),
            value.as(call.tf(), DType.result(value.type())));
  }

  /** The sizes of the parts, or their number. */
  private static Structure<MaskedTensor> split(OpCall call) {
    Operand<TNumber> x = call.x();
    int axis = call.axis("axis", Axes.rank(x));
    JsonNode sizes = call.option("num_or_size_splits");
    int parts = sizes.isArray() ? sizes.size() : sizes.asInt();
    int[] cuts = new int[parts - 1];
    for (int i = 0; i < cuts.length; i++) {
      int size = sizes.isArray() ? sizes.get(i).asInt() : Axes.known(x, axis) / parts;
      cuts[i] = (i == 0 ? 0 : cuts[i - 1]) + size;
    }
    return Operation.list(JoinOps.cut(call.tf(), x, cuts, axis));
  }

  private static Operand<TNumber> slice(OpCall call) {
    Ops tf = call.tf();
    Operand<TNumber> begin = call.value("start_indices", 1).as(tf, DType.INT32);
    return tf.slice(call.x(0), begin, Value.numbers(tf.constant(call.integers("size"))));
  }

  private static Operand<TNumber> gather(OpCall call) {
    Ops tf = call.tf();
    Operand<TNumber> x = call.x(0);
    int batches = call.integer("batch_dims");
    int axis = call.has("axis") ? call.axis("axis", Axes.rank(x)) : batches;
    Operand<TNumber> indices = call.x("indices", 1);
    return tf.gather(x, indices, tf.constant(axis), Gather.batchDims((long) batches));
  }

  private static Operand<TNumber> clip(OpCall call) {
    Ops tf = call.tf();
    Operand<TNumber> x = call.x(0);
    DType type = DType.of(x.type());
    return GatherOps.clipped(
        tf, x, call.value("x_min", 1).as(tf, type), call.value("x_max", 2).as(tf, type));
  }

  private static Operand<TNumber> normalize(OpCall call) {
    Ops tf = call.tf();
    Operand<TFloating> x = Value.typed(call.x());
    int[] axes = call.axes("axis", Axes.rank(x));
    return Value.numbers(Norms.unitOfTensorFlow(tf, x, axes, call.number("epsilon")));
  }

  private static Operand<TNumber> matmul(OpCall call) {
    OpCall.Pair pair = call.pair("a", "b", DType.WEAK_FLOAT);
    return ProductOps.matmul(
        call.tf(),
        call.flag("transpose_a") ? transposed(call.tf(), pair.left()) : pair.left(),
        call.flag("transpose_b") ? transposed(call.tf(), pair.right()) : pair.right());
  }

  private static Operand<TNumber> transposed(Ops tf, Operand<TNumber> x) {
    int[] order = Axes.all(Axes.rank(x));
    order[order.length - 1] = order.length - 2;
    order[order.length - 2] = order.length - 1;
    return Axes.permuted(tf, x, order);
  }

  private static Operand<TNumber> bandPart(OpCall call) {
    Ops tf = call.tf();
    Operand<TNumber> x = call.x();
    return tf.select(
        MatrixOps.within(tf, x, call.integer("num_lower"), call.integer("num_upper")),
        x,
        UnaryOps.like(tf, x, 0));
  }
}
