package io.scenerank.layer;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Mean of a sequence's embeddings over the ids that are not padding: sum / (count + 1e-8), so that
 * a sequence of padding alone gives 0.
 *
 * <p>Inputs ids [B, L] and embeddings [B, L, D], output [B, D].
 *
 * <p>Source: Deep Neural Networks for YouTube Recommendations (Covington et al., 2016), section
 * 3.2.
 */
public final class MaskedMean {
  private static final float EPSILON = 1e-8f;

  private final boolean maskZero;

  /**
   * @param maskZero whether id 0 is padding; otherwise it counts like any id
   */
  public MaskedMean(boolean maskZero) {
    this.maskZero = maskZero;
  }

  public Operand<TFloat32> call(Ops tf, Operand<TInt32> ids, Operand<TFloat32> embeddings) {
    if (!maskZero) {
      float count = embeddings.shape().get(1) + EPSILON;
      return tf.math.div(tf.reduceSum(embeddings, tf.constant(1)), tf.constant(count));
    }
    Operand<TFloat32> mask =
        tf.dtypes.cast(tf.math.notEqual(ids, tf.constant(0)), TFloat32.class); // [B, L]
    Operand<TFloat32> column = tf.expandDims(mask, tf.constant(-1)); // [B, L, 1]
    Operand<TFloat32> sum = tf.reduceSum(tf.math.mul(embeddings, column), tf.constant(1)); // [B, D]
    Operand<TFloat32> count =
        tf.reduceSum(mask, tf.constant(1), ReduceSum.keepDims(true)); // [B, 1]
    return tf.math.div(sum, tf.math.add(count, tf.constant(EPSILON)));
  }
}
