package io.scenerank.train.optimizer;

import com.google.common.collect.ImmutableList;
import java.util.List;
import java.util.function.BiFunction;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Makes large gradients smaller before an optimizer takes them, as Keras' {@code global_clipnorm}
 * and {@code clipvalue} do. A table's gradient counts by the sums of its rows. Source of the norm:
 * On the difficulty of training recurrent neural networks (Pascanu et al., 2013), section 3.2.
 */
final class Clipping {
  private final Ops tf;
  private final StepUpdates.Rule rule;
  private final Operand<TFloat32> norm;

  /**
   * @param norm of the gradients before they are clipped, scalar
   */
  Clipping(Ops tf, StepUpdates.Rule rule, Operand<TFloat32> norm) {
    this.tf = tf;
    this.rule = rule;
    this.norm = norm;
  }

  /** The updates with clipped gradients; the same ones, and no op, where there is no limit. */
  ImmutableList<WeightUpdate> clip(ImmutableList<WeightUpdate> updates) {
    if (rule.globalClipnorm() > 0) {
      Operand<TFloat32> scale = scale();
      return map(updates, (at, gradient) -> at.math.mul(gradient, scale));
    }
    if (rule.clipvalue() > 0) {
      float limit = rule.clipvalue();
      return map(
          updates,
          (at, gradient) -> at.clipByValue(gradient, at.constant(-limit), at.constant(limit)));
    }
    return updates;
  }

  private ImmutableList<WeightUpdate> map(
      List<WeightUpdate> updates, BiFunction<Ops, Operand<TFloat32>, Operand<TFloat32>> clip) {
    return updates.stream()
        .map(update -> update.withGradient(clip.apply(update.home().on(tf), update.gradient())))
        .collect(ImmutableList.toImmutableList());
  }

  /** What all gradients are multiplied by; NaN where their norm is not finite. */
  private Operand<TFloat32> scale() {
    Operand<TFloat32> limit = tf.constant(rule.globalClipnorm());
    Operand<TFloat32> scale = tf.math.div(limit, tf.math.maximum(norm, limit));
    // Were an infinite norm scaled to 0, a training that has failed would stand still unnoticed.
    return tf.math.add(scale, tf.math.sub(norm, norm));
  }
}
