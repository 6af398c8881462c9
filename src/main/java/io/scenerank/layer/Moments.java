package io.scenerank.layer;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Mean and variance of rows.
 *
 * @param mean [1, …] or [units]
 * @param variance of the same shape, with the number of rows (not one less) as divisor
 */
record Moments(Operand<TFloat32> mean, Operand<TFloat32> variance) {

  /** The moments of a batch [B, …] along its first axis. */
  static Moments overBatch(Ops tf, Operand<TFloat32> x) {
    Operand<TFloat32> mean = tf.math.mean(x, tf.constant(0)); // […]
    Operand<TFloat32> squares = tf.math.squaredDifference(x, tf.stopGradient(mean));
    return new Moments(mean, tf.math.mean(squares, tf.constant(0)));
  }

  /** {@code (x - mean) / sqrt(variance + epsilon)}, of x's shape. */
  Operand<TFloat32> normalize(Ops tf, Operand<TFloat32> x, float epsilon) {
    Operand<TFloat32> scale = tf.math.rsqrt(tf.math.add(variance, tf.constant(epsilon)));
    return tf.math.mul(tf.math.sub(x, mean), scale);
  }
}
