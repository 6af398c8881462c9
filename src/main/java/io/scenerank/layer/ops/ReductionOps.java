package io.scenerank.layer.ops;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.layer.base.LayerType;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.All;
import org.tensorflow.op.core.Any;
import org.tensorflow.op.core.Max;
import org.tensorflow.op.core.Min;
import org.tensorflow.op.core.Prod;
import org.tensorflow.op.core.Sum;
import org.tensorflow.op.math.Mean;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;
import org.tensorflow.types.family.TType;

/** Functions over axes of a tensor, which disappear or become 1. */
final class ReductionOps {
  /** A reduction of numbers over known axes. */
  private interface Function {
    Operand<? extends TType> call(Ops tf, Operand<TNumber> x, int[] axes, boolean keep);
  }

  private static final ImmutableMap<String, Function> FUNCTIONS =
      ImmutableMap.<String, Function>builder()
          .put("Sum", (tf, x, axes, keep) -> sum(tf, UnaryOps.ints(tf, x), axes, keep))
          .put("Mean", ReductionOps::meanOfAny)
          .put("Average", ReductionOps::meanOfAny)
          .put("Prod", (tf, x, axes, keep) -> prod(tf, UnaryOps.ints(tf, x), axes, keep))
          .put("Var", ReductionOps::varianceOfAny)
          .put("Std", (tf, x, axes, keep) -> tf.math.sqrt(varianceOfAny(tf, x, axes, keep)))
          .put("Any", (tf, x, axes, keep) -> any(tf, UnaryOps.bools(tf, x), axes, keep))
          .put("All", (tf, x, axes, keep) -> all(tf, UnaryOps.bools(tf, x), axes, keep))
          .put("Max", ReductionOps::largest)
          .put("Amax", ReductionOps::largest)
          .put("Min", ReductionOps::smallest)
          .put("Amin", ReductionOps::smallest)
          .put(
              "Ptp",
              (tf, x, axes, keep) -> tf.math.sub(max(tf, x, axes, keep), min(tf, x, axes, keep)))
          .put("Logsumexp", ReductionOps::logSumExp)
          .put("CountNonzero", ReductionOps::countNonzero)
          .put("Nansum", (tf, x, axes, keep) -> sum(tf, withoutNan(tf, x, 0), axes, keep))
          .put("Nanprod", (tf, x, axes, keep) -> prod(tf, withoutNan(tf, x, 1), axes, keep))
          .put("Nanmean", ReductionOps::nanMean)
          .put("Nanvar", ReductionOps::nanVariance)
          .put("Nanstd", (tf, x, axes, keep) -> tf.math.sqrt(nanVariance(tf, x, axes, keep)))
          .put(
              "Nanmax",
              (tf, x, axes, keep) -> nanExtreme(tf, x, axes, keep, Double.NEGATIVE_INFINITY))
          .put(
              "Nanmin",
              (tf, x, axes, keep) -> nanExtreme(tf, x, axes, keep, Double.POSITIVE_INFINITY))
          .buildOrThrow();

  private ReductionOps() {}

  static ImmutableList<LayerType> types() {
    ImmutableList.Builder<LayerType> types = ImmutableList.builder();
    FUNCTIONS.forEach(
        (name, function) -> {
          LayerType type =
              Operation.single(name, call -> reduce(call, name, function)).argument("axis", null);
          if (!name.equals("Average") && !name.equals("CountNonzero")) {
            type = type.argument("keepdims", false);
          }
          if (name.equals("Max") || name.equals("Min")) {
            type = type.argument("initial", null);
          }
          types.add(name.equals("Prod") ? type.argument("dtype", null) : type);
        });
    return types.build();
  }

  private static Operand<? extends TType> reduce(OpCall call, String name, Function function) {
    Ops tf = call.tf();
    Operand<TNumber> x = call.x();
    int[] axes = call.axes("axis", Axes.rank(x));
    if (name.equals("Average")) {
      return average(call, x, axes);
    }
    boolean keep = !name.equals("CountNonzero") && call.flag("keepdims");
    Operand<? extends TType> found = function.call(tf, x, axes, keep);
    if ((name.equals("Max") || name.equals("Min")) && call.has("initial")) {
      Operand<TNumber> numbers = Value.numbers(found);
      Operand<TNumber> initial = UnaryOps.like(tf, numbers, call.number("initial"));
      return name.equals("Max")
          ? tf.math.maximum(numbers, initial)
          : tf.math.minimum(numbers, initial);
    }
    return name.equals("Prod")
        ? Value.cast(tf, found, call.dtype("dtype", DType.of(found.type())))
        : found;
  }

  static Operand<TNumber> sum(Ops tf, Operand<TNumber> x, int[] axes, boolean keep) {
    return tf.sum(x, tf.constant(axes), Sum.keepDims(keep));
  }

  static Operand<TNumber> mean(Ops tf, Operand<TNumber> x, int[] axes, boolean keep) {
    return tf.math.mean(x, tf.constant(axes), Mean.keepDims(keep));
  }

  static Operand<TNumber> max(Ops tf, Operand<TNumber> x, int[] axes, boolean keep) {
    return tf.max(x, tf.constant(axes), Max.keepDims(keep));
  }

  static Operand<TNumber> min(Ops tf, Operand<TNumber> x, int[] axes, boolean keep) {
    return tf.min(x, tf.constant(axes), Min.keepDims(keep));
  }

  private static Operand<TNumber> prod(Ops tf, Operand<TNumber> x, int[] axes, boolean keep) {
    return tf.prod(x, tf.constant(axes), Prod.keepDims(keep));
  }

  static Operand<TBool> any(Ops tf, Operand<TBool> x, int[] axes, boolean keep) {
    return tf.any(x, tf.constant(axes), Any.keepDims(keep));
  }

  private static Operand<TBool> all(Ops tf, Operand<TBool> x, int[] axes, boolean keep) {
    return tf.all(x, tf.constant(axes), All.keepDims(keep));
  }

  private static Operand<? extends TType> largest(
      Ops tf, Operand<TNumber> x, int[] axes, boolean keep) {
    return DType.of(x.type()) == DType.BOOL
        ? any(tf, UnaryOps.bools(tf, x), axes, keep)
        : max(tf, x, axes, keep);
  }

  private static Operand<? extends TType> smallest(
      Ops tf, Operand<TNumber> x, int[] axes, boolean keep) {
    return DType.of(x.type()) == DType.BOOL
        ? all(tf, UnaryOps.bools(tf, x), axes, keep)
        : min(tf, x, axes, keep);
  }

  /** Half floats are summed up as float32, as Keras does. */
  static Operand<TNumber> wide(Ops tf, Operand<TNumber> x) {
    return Value.cast(tf, x, DType.result(DType.of(x.type()), DType.FLOAT32));
  }

  private static Operand<TNumber> narrow(Ops tf, Operand<TNumber> found, Operand<TNumber> like) {
    return Value.cast(tf, found, DType.result(DType.of(like.type()), DType.WEAK_FLOAT));
  }

  static Operand<TNumber> meanOfAny(Ops tf, Operand<TNumber> x, int[] axes, boolean keep) {
    return narrow(tf, mean(tf, wide(tf, x), axes, keep), x);
  }

  static Operand<TNumber> varianceOfAny(Ops tf, Operand<TNumber> x, int[] axes, boolean keep) {
    Operand<TNumber> values = wide(tf, x);
    Operand<TNumber> mean = mean(tf, values, axes, true);
    Operand<TNumber> squares = tf.math.square(tf.math.sub(values, mean));
    return narrow(tf, mean(tf, squares, axes, keep), x);
  }

  private static Operand<? extends TType> average(OpCall call, Operand<TNumber> x, int[] axes) {
    Ops tf = call.tf();
    if (call.optional("weights", 1).isEmpty()) {
      return meanOfAny(tf, x, axes, false);
    }
    OpCall.Pair pair = call.pair("x", "weights", DType.WEAK_FLOAT);
    Operand<TNumber> weights = pair.right();
    if (Axes.rank(weights) != Axes.rank(x)) {
      // A vector of weights, one for each step of the axis.
      int[] shape = Axes.all(Axes.rank(x));
      for (int axis = 0; axis < shape.length; axis++) {
        shape[axis] = axis == axes[0] ? -1 : 1;
      }
      weights = tf.reshape(weights, tf.constant(shape));
    }
    Operand<TNumber> sum = sum(tf, tf.math.mul(pair.left(), weights), axes, false);
    return tf.math.div(sum, sum(tf, weights, axes, false));
  }

  /** The maximum is subtracted first; where it is not finite, nothing is. */
  static Operand<TNumber> logSumExp(Ops tf, Operand<TNumber> x, int[] axes, boolean keep) {
    Operand<TNumber> raw = tf.stopGradient(max(tf, x, axes, true));
    Operand<TNumber> largest = tf.select(tf.math.isFinite(raw), raw, UnaryOps.like(tf, x, 0));
    Operand<TNumber> sum = sum(tf, tf.math.exp(tf.math.sub(x, largest)), axes, keep);
    Operand<TNumber> shift = keep ? largest : tf.reshape(largest, tf.shape(sum));
    return tf.math.add(tf.math.log(sum), shift);
  }

  private static Operand<TInt32> countNonzero(
      Ops tf, Operand<TNumber> x, int[] axes, boolean keep) {
    Operand<TInt32> counted = tf.dtypes.cast(UnaryOps.bools(tf, x), TInt32.class);
    return tf.sum(counted, tf.constant(axes), Sum.keepDims(keep));
  }

  private static Operand<TNumber> withoutNan(Ops tf, Operand<TNumber> given, double value) {
    Operand<TNumber> x = UnaryOps.ints(tf, given);
    return UnaryOps.isFloat(x) ? tf.select(tf.math.isNan(x), UnaryOps.like(tf, x, value), x) : x;
  }

  private static Operand<TNumber> valid(Ops tf, Operand<TNumber> x) {
    return Value.cast(tf, tf.math.logicalNot(tf.math.isNan(x)), DType.of(x.type()));
  }

  private static Operand<TNumber> nanMean(Ops tf, Operand<TNumber> x, int[] axes, boolean keep) {
    if (!UnaryOps.isFloat(x)) {
      return meanOfAny(tf, x, axes, keep);
    }
    return tf.math.div(
        sum(tf, withoutNan(tf, x, 0), axes, keep), sum(tf, valid(tf, x), axes, keep));
  }

  private static Operand<TNumber> nanVariance(
      Ops tf, Operand<TNumber> x, int[] axes, boolean keep) {
    if (!UnaryOps.isFloat(x)) {
      return varianceOfAny(tf, x, axes, keep);
    }
    // What is not a number becomes 0 before it is squared: its gradient would be none either.
    Operand<TNumber> centred = withoutNan(tf, tf.math.sub(x, nanMean(tf, x, axes, true)), 0);
    return tf.math.div(
        sum(tf, tf.math.square(centred), axes, keep), sum(tf, valid(tf, x), axes, keep));
  }

  private static Operand<? extends TType> nanExtreme(
      Ops tf, Operand<TNumber> x, int[] axes, boolean keep, double least) {
    boolean largest = least < 0;
    if (!UnaryOps.isFloat(x)) {
      return largest ? largest(tf, x, axes, keep) : smallest(tf, x, axes, keep);
    }
    Operand<TNumber> clean = withoutNan(tf, x, least);
    Operand<TNumber> found = largest ? max(tf, clean, axes, keep) : min(tf, clean, axes, keep);
    return tf.select(
        all(tf, tf.math.isNan(x), axes, keep), UnaryOps.like(tf, x, Double.NaN), found);
  }
}
