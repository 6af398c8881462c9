package io.scenerank.layer.base;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TFloating;

/** Activations of one formula. */
public final class SmoothFunctions {
  private SmoothFunctions() {}

  /** {@code x · sigmoid(x)}: TensorFlow's own form has no gradient here. */
  public static Operand<TFloating> silu(Ops tf, Operand<TFloating> x) {
    return tf.math.mul(x, tf.math.sigmoid(x));
  }

  /**
   * x times the normal distribution's share below x.
   *
   * @param approximate by tanh
   */
  public static Operand<TFloating> gelu(Ops tf, Operand<TFloating> x, boolean approximate) {
    Operand<TFloating> share;
    if (approximate) {
      Operand<TFloating> cubes =
          tf.math.mul(Casts.number(tf, x, 0.044715), tf.math.mul(x, tf.math.square(x)));
      share =
          tf.math.tanh(tf.math.mul(Casts.number(tf, x, 0.7978845608028654), tf.math.add(x, cubes)));
    } else {
      share = tf.math.erf(tf.math.div(x, Casts.number(tf, x, 1.4142135623730951)));
    }
    return tf.math.mul(
        tf.math.mul(Casts.number(tf, x, 0.5), x), tf.math.add(Casts.number(tf, x, 1), share));
  }

  /** {@code x · tanh(softplus(x))}. */
  public static Operand<TFloating> mish(Ops tf, Operand<TFloating> x) {
    return tf.math.mul(x, tf.math.tanh(tf.math.softplus(x)));
  }

  /** {@code (x + sqrt(x² + b)) / 2}. */
  public static Operand<TFloating> squareplus(Ops tf, Operand<TFloating> x, double b) {
    Operand<TFloating> root = tf.math.sqrt(tf.math.add(tf.math.square(x), Casts.number(tf, x, b)));
    return tf.math.div(tf.math.add(x, root), Casts.number(tf, x, 2));
  }

  /** {@code -softplus(-x)}. */
  public static Operand<TFloating> logSigmoid(Ops tf, Operand<TFloating> x) {
    return tf.math.neg(tf.math.softplus(tf.math.neg(x)));
  }

  /** {@code x - tanh(x)}. */
  public static Operand<TFloating> tanhShrink(Ops tf, Operand<TFloating> x) {
    return tf.math.sub(x, tf.math.tanh(x));
  }

  /**
   * The first half of an axis times the sigmoid of the second.
   *
   * @param axis counted from the end where negative
   * @return of half the size on this axis
   */
  public static Operand<TFloating> glu(Ops tf, Operand<TFloating> x, int axis) {
    int place = Sizes.axis(axis, x.shape().numDimensions());
    if (x.shape().get(place) % 2 != 0) {
      throw new IllegalArgumentException(
          "glu of the shape " + x.shape() + ", expected an even size of axis " + axis);
    }
    List<? extends Operand<TFloating>> halves = tf.split(tf.constant(place), x, 2L).output();
    return tf.math.mul(halves.get(0), tf.math.sigmoid(halves.get(1)));
  }
}
