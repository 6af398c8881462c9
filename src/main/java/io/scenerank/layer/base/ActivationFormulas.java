package io.scenerank.layer.base;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.nn.LeakyRelu;
import org.tensorflow.types.TBool;
import org.tensorflow.types.family.TFloating;

/**
 * Formulas of Keras' activations: in pieces, each with another formula below and above some limits,
 * then smooth ones. Those that make shares of an axis are {@link Softmaxes}.
 */
public final class ActivationFormulas {
  private static final double SIX = 6;

  private ActivationFormulas() {}

  /**
   * Keras' {@code relu} with all of its arguments: x above the threshold, 0 or {@code slope · (x -
   * threshold)} below, and at most {@code most}.
   *
   * @param most positive infinity for no limit
   */
  public static Operand<TFloating> relu(
      Ops tf, Operand<TFloating> x, double slope, double most, double threshold) {
    boolean unlimited = Double.isInfinite(most);
    if (slope != 0 && unlimited && threshold == 0) {
      return leakyRelu(tf, x, slope);
    }
    Operand<TFloating> above;
    if (threshold != 0) {
      Operand<TBool> kept = tf.math.greater(x, Casts.number(tf, x, threshold));
      above = clipped(tf, tf.select(kept, x, Casts.number(tf, x, 0)), most);
    } else {
      above = most == SIX ? tf.nn.relu6(x) : clipped(tf, tf.nn.relu(x), most);
    }
    if (slope == 0) {
      return above;
    }
    Operand<TFloating> below =
        tf.nn.relu(
            threshold == 0 ? tf.math.neg(x) : tf.math.sub(Casts.number(tf, x, threshold), x));
    return tf.math.sub(above, tf.math.mul(Casts.number(tf, x, slope), below));
  }

  private static Operand<TFloating> clipped(Ops tf, Operand<TFloating> x, double most) {
    return Double.isInfinite(most) ? x : clip(tf, x, 0, most);
  }

  /** x, or {@code slope · x} where it is negative. */
  public static Operand<TFloating> leakyRelu(Ops tf, Operand<TFloating> x, double slope) {
    return tf.nn.leakyRelu(x, LeakyRelu.alpha((float) slope));
  }

  /** Values between two limits. */
  public static Operand<TFloating> clip(Ops tf, Operand<TFloating> x, double least, double most) {
    return tf.clipByValue(x, Casts.number(tf, x, least), Casts.number(tf, x, most));
  }

  /** {@code relu6(x + 3) / 6}, Keras 3's. */
  public static Operand<TFloating> hardSigmoid(Ops tf, Operand<TFloating> x) {
    Operand<TFloating> above = tf.nn.relu6(tf.math.add(x, Casts.number(tf, x, 3)));
    return tf.math.div(above, Casts.number(tf, x, SIX));
  }

  /** {@code 0.2 · x + 0.5} between 0 and 1, Keras 2's. */
  public static Operand<TFloating> hardSigmoidOfKeras2(Ops tf, Operand<TFloating> x) {
    Operand<TFloating> line =
        tf.math.add(tf.math.mul(x, Casts.number(tf, x, 0.2)), Casts.number(tf, x, 0.5));
    return clip(tf, line, 0, 1);
  }

  /** {@code x · hardSigmoid(x)}. */
  public static Operand<TFloating> hardSilu(Ops tf, Operand<TFloating> x) {
    return tf.math.mul(x, hardSigmoid(tf, x));
  }

  /** x, or 0 where its absolute value is at most a threshold. */
  public static Operand<TFloating> hardShrink(Ops tf, Operand<TFloating> x, double threshold) {
    Operand<TBool> kept = tf.math.greater(tf.math.abs(x), Casts.number(tf, x, threshold));
    return tf.select(kept, x, Casts.number(tf, x, 0));
  }

  /** x moved by a threshold towards 0, or 0 where that passes it. */
  public static Operand<TFloating> softShrink(Ops tf, Operand<TFloating> x, double threshold) {
    Operand<TFloating> limit = Casts.number(tf, x, threshold);
    Operand<TBool> below = tf.math.less(x, Casts.number(tf, x, -threshold));
    return tf.select(
        tf.math.greater(x, limit),
        tf.math.sub(x, limit),
        tf.select(below, tf.math.add(x, limit), Casts.number(tf, x, 0)));
  }

  /** x where it is above a threshold, another value elsewhere. */
  public static Operand<TFloating> threshold(
      Ops tf, Operand<TFloating> x, double threshold, double other) {
    return tf.select(
        tf.math.greater(x, Casts.number(tf, x, threshold)), x, Casts.number(tf, x, other));
  }

  /** {@code (x + 1) / 2} between 0 and 1. */
  public static Operand<TFloating> sparseSigmoid(Ops tf, Operand<TFloating> x) {
    Operand<TFloating> one = Casts.number(tf, x, 1);
    Operand<TFloating> line = tf.math.mul(tf.math.add(x, one), Casts.number(tf, x, 0.5));
    return tf.select(
        tf.math.lessEqual(x, Casts.number(tf, x, -1)),
        Casts.number(tf, x, 0),
        tf.select(tf.math.greaterEqual(x, one), one, line));
  }

  /** 0 up to -1, {@code (x + 1)² / 4} up to 1, x from there. */
  public static Operand<TFloating> sparsePlus(Ops tf, Operand<TFloating> x) {
    Operand<TFloating> one = Casts.number(tf, x, 1);
    Operand<TFloating> parabola =
        tf.math.mul(tf.math.square(tf.math.add(x, one)), Casts.number(tf, x, 0.25));
    return tf.select(
        tf.math.lessEqual(x, Casts.number(tf, x, -1)),
        Casts.number(tf, x, 0),
        tf.select(tf.math.less(x, one), parabola, x));
  }

  /** x, or {@code alpha · (exp(x) - 1)} where it is negative. */
  public static Operand<TFloating> elu(Ops tf, Operand<TFloating> x, double alpha) {
    Operand<TFloating> plain = tf.nn.elu(x);
    return alpha == 1
        ? plain
        : tf.select(
            tf.math.greater(x, Casts.number(tf, x, 0)),
            plain,
            tf.math.mul(Casts.number(tf, x, alpha), plain));
  }

  /** {@code max(x, 0) + alpha · (exp(min(x, 0) / alpha) - 1)}. */
  public static Operand<TFloating> celu(Ops tf, Operand<TFloating> x, double alpha) {
    Operand<TFloating> zero = Casts.number(tf, x, 0);
    Operand<TFloating> factor = Casts.number(tf, x, alpha);
    Operand<TFloating> below = tf.math.expm1(tf.math.div(tf.math.minimum(x, zero), factor));
    return tf.math.add(tf.math.maximum(x, zero), tf.math.mul(factor, below));
  }

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
