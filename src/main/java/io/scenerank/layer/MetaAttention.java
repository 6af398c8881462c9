package io.scenerank.layer;

import io.scenerank.variable.LayerScope;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Squeeze;
import org.tensorflow.types.TFloat32;

/**
 * Mixes the experts for a task, by scores that depend on the scenario: {@code Σ score_i ·
 * expert_i}, where the score is a Dense of a {@link MetaUnit} of expert and task. The Python code
 * takes the scores as they are; the paper's formula takes their softmax over the experts.
 *
 * <p>Inputs expert views [B, n, v] and task views [B, v] or [1, v], output [B, v]. Variables {@code
 * dense} and the unit's. Source: M2M (Zhang et al., 2022), "Attention meta network".
 */
public final class MetaAttention extends Layer {
  private final Dense dense; // dense
  private final boolean attentionSoftmax;

  /**
   * @param viewDim v
   * @param attentionSoftmax whether the scores go through a softmax over the experts
   */
  public MetaAttention(LayerScope scope, int viewDim, boolean attentionSoftmax) {
    super(scope);
    this.dense = Dense.units(1).build(scope.child("dense"), 2 * viewDim);
    this.attentionSoftmax = attentionSoftmax;
  }

  /** What scores a pair of views. */
  Dense dense() {
    return dense;
  }

  /** The scope of the layer's own unit, if no unit is given. */
  public static LayerScope ownUnit(LayerScope scope) {
    return scope.child("meta_unit");
  }

  /**
   * Mixes.
   *
   * @param expertViews [B, n, v]
   * @param taskViews [B, v], or [1, v] where all rows share them
   * @param unit for inputs of width 2 v
   * @param call number of the unit's call in the forward pass, from 0
   * @return [B, v]
   */
  public Operand<TFloat32> call(
      Ops tf,
      Operand<TFloat32> expertViews,
      Operand<TFloat32> taskViews,
      MetaUnit.Generated unit,
      int call) {
    Operand<TFloat32> score = scores(tf, expertViews, taskViews, unit, call); // [B, n, 1]
    return tf.reduceSum(tf.math.mul(expertViews, score), tf.constant(1)); // [B, v]
  }

  /** What {@link #call} multiplies each expert by, [B, n, 1]. */
  public Operand<TFloat32> scores(
      Ops tf,
      Operand<TFloat32> expertViews,
      Operand<TFloat32> taskViews,
      MetaUnit.Generated unit,
      int call) {
    Operand<TFloat32> repeated =
        tf.broadcastTo(
            tf.expandDims(taskViews, tf.constant(1)), tf.shape(expertViews)); // [B, n, v]
    Operand<TFloat32> pairs =
        tf.concat(List.of(expertViews, repeated), tf.constant(-1)); // [B, n, 2 v]
    Operand<TFloat32> score = dense.call(tf, unit.call(tf, pairs, call)); // [B, n, 1]
    return attentionSoftmax ? softmaxOverExperts(tf, score) : score;
  }

  boolean attentionSoftmax() {
    return attentionSoftmax;
  }

  private static Operand<TFloat32> softmaxOverExperts(Ops tf, Operand<TFloat32> score) {
    Operand<TFloat32> byExpert = tf.squeeze(score, Squeeze.axis(List.of(2L))); // [B, n]
    Operand<TFloat32> shares = tf.nn.softmax(byExpert); // [B, n]
    return tf.expandDims(shares, tf.constant(-1)); // [B, n, 1]
  }
}
