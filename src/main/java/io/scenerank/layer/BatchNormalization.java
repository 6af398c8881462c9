package io.scenerank.layer;

import io.scenerank.variable.Initializer;
import io.scenerank.variable.LayerScope;
import io.scenerank.variable.Weight;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Keras' {@code BatchNormalization}: {@code gamma · (x - mean) / sqrt(variance + 1e-3) + beta}. In
 * training the moments are the batch's, and the moving ones follow them with momentum 0.99; at
 * inference they are the moving ones.
 *
 * <p>Input and output [B, units]. Variables {@code gamma} (ones), {@code beta} (zeros), and,
 * untrained, {@code moving_mean} (zeros) and {@code moving_variance} (ones), each [units]. Source:
 * Batch Normalization (Ioffe and Szegedy, 2015), algorithms 1 and 2.
 */
final class BatchNormalization extends Layer {
  private static final float EPSILON = 1e-3f;
  private static final float MOMENTUM = 0.99f;

  private final Weight gamma;
  private final Weight beta;
  private final Weight movingMean;
  private final Weight movingVariance;

  /**
   * @param units width of the input
   */
  public BatchNormalization(LayerScope scope, int units) {
    super(scope);
    Shape shape = Shape.of(units);
    this.gamma = scope.add("gamma", shape, Initializer.constant(1f), 0f);
    this.beta = scope.add("beta", shape, Initializer.ZEROS, 0f);
    this.movingMean = scope.addUntrained("moving_mean", shape, Initializer.ZEROS);
    this.movingVariance = scope.addUntrained("moving_variance", shape, Initializer.constant(1f));
  }

  public Operand<TFloat32> call(Ops tf, Operand<TFloat32> x) {
    Operand<TFloat32> normal = moments(tf, x).normalize(tf, x, EPSILON); // [B, units]
    return tf.math.add(tf.math.mul(normal, gamma.value()), beta.value()); // [B, units]
  }

  private Moments moments(Ops tf, Operand<TFloat32> x) {
    if (scope().training().isEmpty()) {
      return new Moments(movingMean.value(), movingVariance.value());
    }
    Moments batch = Moments.overBatch(tf, x);
    scope().store().addUpdate(follow(tf, movingMean, batch.mean()));
    scope().store().addUpdate(follow(tf, movingVariance, batch.variance()));
    return batch;
  }

  private static Op follow(Ops tf, Weight moving, Operand<TFloat32> value) {
    Operand<TFloat32> kept = tf.math.mul(moving.value(), tf.constant(MOMENTUM));
    Operand<TFloat32> added = tf.math.mul(value, tf.constant(1f - MOMENTUM));
    Operand<TFloat32> followed = tf.math.add(kept, added);
    return moving.home().on(tf).assignVariableOp(moving.handle(), followed);
  }
}
