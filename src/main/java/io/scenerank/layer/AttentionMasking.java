package io.scenerank.layer;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.scenerank.variable.Initializer;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** What attention does where the query or the key is padding, by the generation of Keras. */
public enum AttentionMasking {
  /**
   * Adds -1e9 to the score. A padded query attends to all positions alike, and gradient flows
   * through its scores. The default, since the models were born in Keras 2.
   */
  @JsonProperty("keras2")
  KERAS2 {
    @Override
    Operand<TFloat32> softmax(
        Ops tf, Operand<TFloat32> scores, Operand<TFloat32> mask, boolean dropout) {
      Operand<TFloat32> padded = tf.math.sub(tf.constant(1f), mask);
      return tf.nn.softmax(tf.math.add(scores, tf.math.mul(padded, tf.constant(MASKED))));
    }

    @Override
    Initializer kernel(int inputAxes) {
      return Initializer.GLOROT_UNIFORM;
    }
  },
  /**
   * Puts -1e9 in the score's place, and 0 in the weight's: a padded query attends to nothing. A
   * layer without dropout takes a fused path, which leaves the weights: it attends to all alike.
   */
  @JsonProperty("keras3")
  KERAS3 {
    @Override
    Operand<TFloat32> softmax(
        Ops tf, Operand<TFloat32> scores, Operand<TFloat32> mask, boolean dropout) {
      Operand<TFloat32> kept =
          tf.select(tf.math.greater(mask, tf.constant(0f)), scores, tf.constant(MASKED));
      Operand<TFloat32> weights = tf.nn.softmax(kept);
      return dropout ? tf.math.mul(weights, mask) : weights;
    }

    @Override
    Initializer kernel(int inputAxes) {
      return Initializer.glorotUniform(inputAxes);
    }
  };

  private static final float MASKED = -1e9f;

  /**
   * Attention weights over the last axis.
   *
   * @param scores [B, heads, T, S]
   * @param mask [B, 1, T, S], 1 where both positions count and 0 elsewhere
   * @param dropout whether the layer has dropout, in training or not
   * @return [B, heads, T, S]
   */
  abstract Operand<TFloat32> softmax(
      Ops tf, Operand<TFloat32> scores, Operand<TFloat32> mask, boolean dropout);

  /**
   * First values of a kernel in this generation's attention. Keras 2 counts the axes before the
   * last two as those of a convolution, Keras 3 knows inputs from outputs.
   *
   * @param inputAxes number of the kernel's first axes that are inputs
   */
  abstract Initializer kernel(int inputAxes);
}
