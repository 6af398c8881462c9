package io.scenerank.layer.ops;

import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.LayerType;
import io.scenerank.variable.Shapes;
import java.util.Arrays;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/** Medians, quantiles and percentiles: values at places of the sorted axis, or between two. */
final class QuantileOps {
  private QuantileOps() {}

  static ImmutableList<LayerType> types() {
    return ImmutableList.of(
        Operation.single("Median", call -> quantile(call, "linear", tf(call).constant(0.5)))
            .argument("axis", null)
            .argument("keepdims", false),
        quantiles("Quantile", 1),
        quantiles("Percentile", 100));
  }

  private static LayerType quantiles(String name, double whole) {
    return Operation.single(
            name,
            call -> {
              Operand<TFloat64> q = Value.typed(call.value("q", 1).as(call.tf(), DType.FLOAT64));
              // Keras' own operation of quantiles does not hand its method on.
              return quantile(
                  call,
                  whole == 1 ? "linear" : call.option("method").asText(),
                  whole == 1 ? q : call.tf().math.div(q, call.tf().constant(whole)));
            })
        .argument("axis", null)
        .argument("method", "linear")
        .argument("keepdims", false);
  }

  private static Ops tf(OpCall call) {
    return call.tf();
  }

  /**
   * @param q where between the least value, 0, and the largest, 1; a scalar or a vector
   */
  private static Operand<TNumber> quantile(OpCall call, String method, Operand<TFloat64> q) {
    Ops tf = call.tf();
    Operand<TNumber> x = call.floats();
    int rank = Axes.rank(x);
    int[] axes = call.axes("axis", rank);
    Operand<TNumber> sorted = OrderOps.sortedLast(tf, lastJoined(tf, x, axes));
    int last = Axes.rank(sorted) - 1;
    Operand<TInt32> size = Shapes.size(tf, sorted, last);
    Operand<TFloat64> place =
        tf.math.mul(tf.math.sub(tf.dtypes.cast(size, TFloat64.class), tf.constant(1.0)), q);
    Operand<TNumber> found = between(tf, sorted, size, place, method);
    boolean vector = Axes.rank(q) == 1;
    if (vector) {
      // The quantiles are first.
      int[] order = Axes.all(last + 1);
      System.arraycopy(Axes.all(last), 0, order, 1, last);
      order[0] = last;
      found = Axes.permuted(tf, found, order);
    }
    if (call.flag("keepdims")) {
      int[] kept = axes.clone();
      Arrays.sort(kept);
      for (int axis : kept) {
        found = tf.expandDims(found, tf.constant(axis + (vector ? 1 : 0)));
      }
    }
    return found;
  }

  private static Operand<TNumber> lastJoined(Ops tf, Operand<TNumber> x, int[] axes) {
    int rank = Axes.rank(x);
    Operand<TNumber> moved = Axes.permuted(tf, x, Axes.last(rank, axes));
    List<Operand<TInt32>> kept = Axes.sizes(tf, moved, 0, rank - axes.length);
    return axes.length == 1 ? moved : tf.reshape(moved, Axes.shape(tf, kept, tf.constant(-1)));
  }

  private static Operand<TNumber> between(
      Ops tf,
      Operand<TNumber> sorted,
      Operand<TInt32> size,
      Operand<TFloat64> place,
      String method) {
    Operand<TInt32> most = tf.math.sub(size, tf.constant(1));
    Operand<TInt32> lower = place(tf, tf.math.floor(place), most);
    Operand<TInt32> upper = place(tf, tf.math.ceil(place), most);
    return switch (method) {
      case "lower" -> at(tf, sorted, lower);
      case "higher" -> at(tf, sorted, upper);
      case "nearest" -> at(tf, sorted, place(tf, tf.math.round(place), most));
      case "midpoint" ->
          tf.math.mul(
              UnaryOps.like(tf, sorted, 0.5),
              tf.math.add(at(tf, sorted, lower), at(tf, sorted, upper)));
      case "linear" -> {
        Operand<TInt32> below = tf.math.maximum(tf.math.sub(upper, tf.constant(1)), tf.constant(0));
        Operand<TInt32> above = tf.math.minimum(tf.math.add(below, tf.constant(1)), most);
        Operand<TNumber> fraction =
            Value.cast(
                tf,
                tf.math.sub(tf.dtypes.cast(above, TFloat64.class), place),
                DType.of(sorted.type()));
        Operand<TNumber> rest = tf.math.sub(UnaryOps.like(tf, sorted, 1), fraction);
        yield tf.math.add(
            tf.math.mul(at(tf, sorted, above), rest), tf.math.mul(at(tf, sorted, below), fraction));
      }
      default ->
          throw new IllegalArgumentException(
              "method is '" + method + "', expected linear, lower, higher, midpoint or nearest");
    };
  }

  private static Operand<TInt32> place(Ops tf, Operand<TFloat64> x, Operand<TInt32> most) {
    return tf.math.maximum(tf.math.minimum(tf.dtypes.cast(x, TInt32.class), most), tf.constant(0));
  }

  /** The gradient of a gather on axis -1 fails; the axis is counted from the front. */
  private static Operand<TNumber> at(Ops tf, Operand<TNumber> sorted, Operand<TInt32> places) {
    return tf.gather(sorted, places, tf.constant(Axes.rank(sorted) - 1));
  }
}
