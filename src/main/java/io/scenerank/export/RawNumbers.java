package io.scenerank.export;

import io.scenerank.feature.RawEncoding.RawFeature;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;

/** What becomes of raw numbers, in the ops of a graph. */
final class RawNumbers {
  private final Ops tf;

  RawNumbers(Ops tf) {
    this.tf = tf;
  }

  /**
   * The bin of each number, 0 where it is missing; doubles are compared, as bins were found of
   * doubles.
   *
   * @param numbers [B, 1]
   */
  Operand<TInt32> bin(Operand<TFloat64> numbers, RawFeature.Binned feature) {
    double[] ends = feature.ends().stream().mapToDouble(Double::doubleValue).toArray();
    Operand<TInt32> above =
        tf.dtypes.cast(tf.math.greater(numbers, tf.constant(ends)), TInt32.class); // [B, n]
    Operand<TInt32> below = tf.reduceSum(above, tf.constant(1), ReduceSum.keepDims(true));
    return unlessMissing(numbers, feature.missing(), tf.math.add(below, tf.constant(1)));
  }

  /** The ids, 0 where the number is missing. */
  Operand<TInt32> unlessMissing(
      Operand<TFloat64> numbers, List<Double> marks, Operand<TInt32> ids) {
    Operand<TBool> missing = tf.math.isNan(numbers);
    for (double mark : marks) {
      missing = tf.math.logicalOr(missing, tf.math.equal(numbers, tf.constant(mark)));
    }
    return tf.select(missing, tf.constant(0), ids);
  }

  /** Floats; a missing or infinite one is what the column says, or else NaN, which is an error. */
  Operand<TFloat32> dense(Operand<TFloat32> floats, RawFeature.Dense feature) {
    if (feature.missing().isEmpty() && feature.instead().isEmpty()) {
      return floats;
    }
    Operand<TBool> there = tf.math.isFinite(floats);
    for (double mark : feature.missing()) {
      there = tf.math.logicalAnd(there, tf.math.notEqual(floats, tf.constant((float) mark)));
    }
    return tf.select(there, floats, tf.constant(feature.instead().orElse(Float.NaN)));
  }
}
