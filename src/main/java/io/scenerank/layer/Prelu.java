package io.scenerank.layer;

import io.scenerank.variable.Initializer;
import io.scenerank.variable.LayerScope;
import io.scenerank.variable.Weight;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Keras' {@code PReLU}: {@code max(x, 0) + alpha · min(x, 0)}, with one slope for each value of a
 * row.
 *
 * <p>Input and output [B, …]. Variable {@code alpha} of a row's shape (zeros). Source: Delving Deep
 * into Rectifiers (He et al., 2015), section 2.1.
 */
final class Prelu extends Layer implements ActivationFunction {
  private final Weight alpha;

  /**
   * @param row shape of one row of the input
   */
  public Prelu(LayerScope scope, Shape row) {
    super(scope);
    this.alpha = scope.add("alpha", row, Initializer.ZEROS, 0f);
  }

  @Override
  public Operand<TFloat32> call(Ops tf, Operand<TFloat32> x) {
    Operand<TFloat32> below = tf.nn.relu(tf.math.neg(x)); // [B, …]
    return tf.math.sub(tf.nn.relu(x), tf.math.mul(alpha.value(), below)); // [B, …]
  }
}
