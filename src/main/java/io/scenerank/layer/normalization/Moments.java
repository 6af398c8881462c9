package io.scenerank.layer.normalization;

import io.scenerank.layer.base.Casts;
import io.scenerank.layer.base.Layer.Variable;
import io.scenerank.layer.base.Sizes;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.math.Mean;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TFloating;

/**
 * Mean and variance, with the number of values (not one less) as divisor.
 *
 * @param mean of a shape that fits the values
 * @param variance of the same shape
 */
record Moments(Operand<TFloating> mean, Operand<TFloating> variance) {

  /**
   * The moments along axes, of which size 1 is left.
   *
   * @param axes counted from the front
   */
  static Moments along(Ops tf, Operand<TFloating> x, int[] axes) {
    Operand<TInt32> over = tf.constant(axes);
    Operand<TFloating> mean = tf.math.mean(x, over, Mean.keepDims(true));
    Operand<TFloating> squares = tf.math.squaredDifference(x, tf.stopGradient(mean));
    return new Moments(mean, tf.math.mean(squares, over, Mean.keepDims(true)));
  }

  /**
   * {@code (x - mean) / sqrt(variance + epsilon) · scale + offset}.
   *
   * @param scale of a shape that fits; absent for 1
   * @param offset of a shape that fits; absent for 0
   */
  Operand<TFloating> normalize(
      Ops tf,
      Operand<TFloating> x,
      double epsilon,
      Optional<Operand<TFloating>> scale,
      Optional<Operand<TFloating>> offset) {
    Operand<TFloating> root =
        tf.math.rsqrt(tf.math.add(variance, Casts.number(tf, variance, epsilon)));
    Operand<TFloating> factor =
        scale.<Operand<TFloating>>map(by -> tf.math.mul(root, by)).orElse(root);
    Operand<TFloating> shift = tf.math.neg(tf.math.mul(mean, factor));
    return tf.math.add(
        tf.math.mul(x, factor),
        offset.<Operand<TFloating>>map(by -> tf.math.add(shift, by)).orElse(shift));
  }

  /**
   * The same mean, and the variance with one less than the number of values as divisor.
   *
   * @param x the values that these are the moments of
   * @param axes along which they were taken
   */
  Moments ofSample(Ops tf, Operand<TFloating> x, int[] axes) {
    Operand<TInt32> count = tf.constant(1);
    for (int axis : axes) {
      count = tf.math.mul(count, Sizes.of(tf, x, axis));
    }
    Operand<TInt32> oneLess = tf.math.maximum(tf.math.sub(count, tf.constant(1)), tf.constant(1));
    Operand<TFloating> factor =
        tf.math.div(Casts.toFloating(tf, count, x.type()), Casts.toFloating(tf, oneLess, x.type()));
    return new Moments(mean, tf.math.mul(variance, factor));
  }

  /** Values of half precision as float32, for sums of many. */
  static Operand<TFloating> widened(Ops tf, Operand<TFloating> x) {
    return Casts.isHalf(x) ? Casts.toFloating(tf, x, TFloat32.class) : x;
  }

  /** A variable in the type of {@code like} and another shape. */
  static Operand<TFloating> shaped(
      Ops tf, Variable variable, Operand<TFloating> like, long[] shape) {
    return tf.reshape(Casts.toFloating(tf, variable.value(), like.type()), tf.constant(shape));
  }
}
