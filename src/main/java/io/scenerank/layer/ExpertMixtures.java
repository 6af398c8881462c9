package io.scenerank.layer;

import com.google.common.collect.ImmutableList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Stack;
import org.tensorflow.op.core.Unstack;
import org.tensorflow.types.TFloat32;

/**
 * Mixtures of the same experts by several gates, {@code sum(softmax(scores) * experts)} for each
 * gate. All gates meet the experts in one product for each row, so that no copy of the experts is
 * scaled for each gate.
 *
 * <p>Source: MMoE (Ma et al., 2018), equations 6 and 7.
 */
public final class ExpertMixtures {
  private final ImmutableList<Operand<TFloat32>> scores;

  /**
   * @param scores for each gate a score for each expert, [B, n]
   */
  public ExpertMixtures(List<Operand<TFloat32>> scores) {
    this.scores = ImmutableList.copyOf(scores);
  }

  /**
   * Mixes.
   *
   * @param experts [B, n, units]
   * @return for each gate [B, units]
   */
  public ImmutableList<Operand<TFloat32>> call(Ops tf, Operand<TFloat32> experts) {
    return byGate(tf, BatchProduct.call(tf, stackedShares(tf), experts)); // [B, gates, units]
  }

  /** Each gate's shares of the experts, [B, n]. */
  public ImmutableList<Operand<TFloat32>> shares(Ops tf) {
    return byGate(tf, stackedShares(tf));
  }

  /** [B, gates, n]. */
  private Operand<TFloat32> stackedShares(Ops tf) {
    return tf.nn.softmax(tf.stack(scores, Stack.axis(1L)));
  }

  /** [B, gates, x] → for each gate [B, x]. */
  private ImmutableList<Operand<TFloat32>> byGate(Ops tf, Operand<TFloat32> stacked) {
    return ImmutableList.copyOf(
        tf.unstack(stacked, (long) scores.size(), Unstack.axis(1L)).output());
  }
}
