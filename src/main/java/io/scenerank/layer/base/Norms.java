package io.scenerank.layer.base;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.types.family.TFloating;

/** Vectors of length 1. */
public final class Norms {
  /** Keras' {@code backend.epsilon()}. */
  public static final double EPSILON = 1e-7;

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

  /** {@link #unitOfTensorFlow} as Keras 2 calls it. */
  public static Operand<TFloating> unitOfKeras2(Ops tf, Operand<TFloating> x, int[] axes) {
    return unitOfTensorFlow(tf, x, axes, 1e-12);
  }

  /**
   * {@code x / norm(x)} along axes; the square of a norm is at least {@code epsilon}: TensorFlow's
   * {@code l2_normalize}.
   */
  public static Operand<TFloating> unitOfTensorFlow(
      Ops tf, Operand<TFloating> x, int[] axes, double epsilon) {
    Operand<TFloating> squares =
        tf.math.maximum(squares(tf, x, axes), Casts.number(tf, x, epsilon));
    return tf.math.mul(x, tf.math.rsqrt(squares));
  }

  private static Operand<TFloating> squares(Ops tf, Operand<TFloating> x, int[] axes) {
    return tf.reduceSum(tf.math.square(x), tf.constant(axes), ReduceSum.keepDims(true));
  }
}
