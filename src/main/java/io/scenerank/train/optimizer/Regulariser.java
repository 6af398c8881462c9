package io.scenerank.train.optimizer;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Terms of the loss that keep variables small. */
public final class Regulariser {
  private Regulariser() {}

  /** Keras' L2, {@code factor · sum(value²)}, without the half of other libraries. */
  public static Operand<TFloat32> l2(Ops tf, float factor, Operand<TFloat32> value) {
    // TensorFlow's own op halves the sum. It makes no array of the squares.
    return tf.math.mul(tf.constant(2 * factor), tf.nn.l2Loss(value));
  }
}
