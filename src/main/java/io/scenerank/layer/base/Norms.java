package io.scenerank.layer.base;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.types.family.TFloating;

/** Vectors of length 1. */
public final class Norms {
  /** Keras' {@code backend.epsilon()}. */
  public static final double EPSILON = 1e-7;

  /** TensorFlow's smallest square of a norm. */
  private static final double LEAST_SQUARE = 1e-12;

  private Norms() {}

  /**
   * {@code x / norm(x)} along axes; the factor is at most {@code 1 / epsilon}: {@code
   * keras.ops.normalize}.
   *
   * @param axes counted from the front
   */
  public static Operand<TFloating> unit(Ops tf, Operand<TFloating> x, int[] axes, double epsilon) {
    Operand<TFloating> factor =
        tf.math.minimum(tf.math.rsqrt(squares(tf, x, axes)), Casts.number(tf, x, 1 / epsilon));
    return tf.math.mul(x, factor);
  }

  /** TensorFlow's {@code l2_normalize}: the square of a norm is at least 1e-12. */
  public static Operand<TFloating> unitOfKeras2(Ops tf, Operand<TFloating> x, int[] axes) {
    Operand<TFloating> squares =
        tf.math.maximum(squares(tf, x, axes), Casts.number(tf, x, LEAST_SQUARE));
    return tf.math.mul(x, tf.math.rsqrt(squares));
  }

  private static Operand<TFloating> squares(Ops tf, Operand<TFloating> x, int[] axes) {
    return tf.reduceSum(tf.math.square(x), tf.constant(axes), ReduceSum.keepDims(true));
  }
}
