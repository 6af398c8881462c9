package io.scenerank.layer;

import io.scenerank.variable.Initializer;
import io.scenerank.variable.LayerScope;
import io.scenerank.variable.Weight;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Data-adaptive activation: {@code p·x + alpha·(1-p)·x}, where p is the sigmoid of x normalised by
 * the mean and the variance of the current batch (epsilon 1e-3).
 *
 * <p>Training and inference both use the current batch, as in the Keras code: there are no moving
 * statistics, and so a row's score depends on the rows it is scored with.
 *
 * <p>Input and output [B, …]. Variable {@code alpha} [1] (zeros). Source: Deep Interest Network
 * (Zhou et al., 2018), section 5.3.
 */
final class Dice extends Layer implements ActivationFunction {
  private static final float EPSILON = 1e-3f;

  private final Weight alpha;

  public Dice(LayerScope scope) {
    super(scope);
    this.alpha = scope.add("alpha", Shape.of(1), Initializer.ZEROS, 0f);
  }

  @Override
  public Operand<TFloat32> call(Ops tf, Operand<TFloat32> x) {
    Operand<TFloat32> p =
        tf.math.sigmoid(Moments.overBatch(tf, x).normalize(tf, x, EPSILON)); // [B, …]
    Operand<TFloat32> rest = tf.math.mul(alpha.value(), tf.math.sub(tf.constant(1f), p)); // [B, …]
    return tf.math.add(tf.math.mul(rest, x), tf.math.mul(p, x)); // [B, …]
  }
}
