package io.scenerank.layer.ops;

import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Structure;
import io.scenerank.variable.Shapes;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.All;
import org.tensorflow.op.nn.TopK;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/** Functions of the order of the values on an axis, and sums and products along one. */
final class OrderOps {
  private OrderOps() {}

  static ImmutableList<LayerType> types() {
    ImmutableList.Builder<LayerType> types = ImmutableList.builder();
    types.add(
        Operation.single("Sort", OrderOps::sort).argument("axis", -1),
        Operation.single("Argsort", OrderOps::argSort).argument("axis", -1),
        Operation.type("TopK", OrderOps::topK).argument("k").argument("sorted", true),
        Operation.single("InTopK", OrderOps::inTopK).argument("k"));
    for (String name : List.of("Argmax", "Argmin", "Nanargmax", "Nanargmin")) {
      types.add(
          Operation.single(name, call -> argument(call, name))
              .argument("axis", null)
              .argument("keepdims", false));
    }
    for (String name : List.of("Cumsum", "Cumprod", "Nancumsum", "Nancumprod")) {
      types.add(
          Operation.single(name, call -> cumulative(call, name))
              .argument("axis", null)
              .argument("dtype", null));
    }
    return types.build();
  }

  /** The numbers of the largest values of the last axis, the larger first. */
  private static Operand<TInt32> topPlaces(Ops tf, Operand<TNumber> x, Operand<TInt32> k) {
    return tf.nn
        .<TNumber, TInt32>topK(tf.stopGradient(x), k, TInt32.class, new TopK.Options[0])
        .indices();
  }

  /** The values of the last axis in rising order. */
  static Operand<TNumber> sortedLast(Ops tf, Operand<TNumber> x) {
    return GatherOps.alongAxis(tf, x, rising(tf, x), Axes.rank(x) - 1);
  }

  private static Operand<TInt32> rising(Ops tf, Operand<TNumber> x) {
    Operand<TInt32> all = Shapes.size(tf, x, Axes.rank(x) - 1);
    return topPlaces(tf, tf.math.neg(UnaryOps.ints(tf, x)), all);
  }

  private static Operand<TNumber> sort(OpCall call) {
    Ops tf = call.tf();
    Operand<TNumber> x = call.has("axis") ? call.x() : ShapeOps.flat(tf, call.x());
    int axis = call.has("axis") ? call.axis("axis", Axes.rank(x)) : 0;
    int[] order = Axes.last(Axes.rank(x), axis);
    return Axes.permuted(tf, sortedLast(tf, Axes.permuted(tf, x, order)), Axes.inverse(order));
  }

  private static Operand<TInt32> argSort(OpCall call) {
    Ops tf = call.tf();
    Operand<TNumber> x = call.has("axis") ? call.x() : ShapeOps.flat(tf, call.x());
    int axis = call.has("axis") ? call.axis("axis", Axes.rank(x)) : 0;
    int[] order = Axes.last(Axes.rank(x), axis);
    return Axes.permuted(tf, rising(tf, Axes.permuted(tf, x, order)), Axes.inverse(order));
  }

  private static Structure<MaskedTensor> topK(OpCall call) {
    Ops tf = call.tf();
    Operand<TNumber> x = call.x();
    Operand<TInt32> places = topPlaces(tf, x, tf.constant(call.integer("k")));
    return Operation.list(List.of(GatherOps.alongAxis(tf, x, places, Axes.rank(x) - 1), places));
  }

  /** Whether fewer than k predictions are above the target's. */
  private static Operand<TBool> inTopK(OpCall call) {
    Ops tf = call.tf();
    Operand<TNumber> targets = call.x("targets", 0); // [B]
    Operand<TNumber> predictions = call.x("predictions", 1); // [B, n]
    Operand<TNumber> own =
        GatherOps.alongAxis(tf, predictions, tf.expandDims(targets, tf.constant(1)), 1);
    Operand<TInt32> above =
        tf.sum(tf.dtypes.cast(tf.math.greater(predictions, own), TInt32.class), tf.constant(1));
    return tf.math.less(above, tf.constant(call.integer("k")));
  }

  private static Operand<TInt32> argument(OpCall call, String name) {
    Ops tf = call.tf();
    Operand<TNumber> given = UnaryOps.ints(tf, call.x());
    boolean largest = name.endsWith("max");
    boolean skips = name.startsWith("Nan") && UnaryOps.isFloat(given);
    double least = largest ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
    Operand<TBool> nan = skips ? tf.math.isNan(given) : null;
    Operand<TNumber> clean =
        nan == null ? given : tf.select(nan, UnaryOps.like(tf, given, least), given);
    Operand<TNumber> x = call.has("axis") ? clean : ShapeOps.flat(tf, clean);
    Operand<TInt32> axis = tf.constant(call.has("axis") ? call.axis("axis", Axes.rank(x)) : 0);
    Operand<TInt32> found =
        largest ? tf.math.argMax(x, axis, TInt32.class) : tf.math.argMin(x, axis, TInt32.class);
    int[] axes = call.axes("axis", Axes.rank(given));
    if (call.flag("keepdims")) {
      for (int kept : axes) {
        found = tf.expandDims(found, tf.constant(kept));
      }
    }
    if (nan == null) {
      return found;
    }
    Operand<TBool> none = tf.all(nan, tf.constant(axes), All.keepDims(call.flag("keepdims")));
    return tf.select(none, tf.constant(-1), found);
  }

  private static Operand<TNumber> cumulative(OpCall call, String name) {
    Ops tf = call.tf();
    boolean product = name.endsWith("prod");
    Operand<TNumber> x = call.x();
    x = UnaryOps.ints(tf, Value.cast(tf, x, call.dtype("dtype", DType.of(x.type()))));
    if (name.startsWith("Nan") && UnaryOps.isFloat(x)) {
      x = UnaryOps.nanToNum(call, x, product ? 1 : 0, Double.NaN, Double.NaN);
    }
    x = call.has("axis") ? x : ShapeOps.flat(tf, x);
    int axis = call.has("axis") ? call.axis("axis", Axes.rank(x)) : 0;
    return product ? cumulativeProduct(tf, x, axis) : tf.math.cumsum(x, tf.constant(axis));
  }

  /** TensorFlow's own op has no gradient here: products over a triangle of the values. */
  private static Operand<TNumber> cumulativeProduct(Ops tf, Operand<TNumber> given, int axis) {
    if (!UnaryOps.isFloat(given)) {
      return tf.math.cumprod(given, tf.constant(axis));
    }
    int rank = Axes.rank(given);
    int[] order = Axes.last(rank, axis);
    Operand<TNumber> x = Axes.permuted(tf, given, order);
    Operand<TInt32> size = Shapes.size(tf, x, rank - 1);
    Operand<TNumber> rows = tf.expandDims(x, tf.constant(rank - 1)); // […, 1, n]
    List<Operand<TInt32>> times = new ArrayList<>();
    for (int i = 0; i <= rank; i++) {
      times.add(i == rank - 1 ? size : tf.constant(1));
    }
    Operand<TNumber> square = tf.tile(rows, Axes.shape(tf, times)); // […, n, n]
    Operand<TNumber> triangle =
        tf.select(MatrixOps.within(tf, square, -1, 0), square, UnaryOps.like(tf, x, 1));
    Operand<TNumber> products = tf.prod(triangle, tf.constant(new int[] {rank}));
    return Axes.permuted(tf, products, Axes.inverse(order));
  }
}
