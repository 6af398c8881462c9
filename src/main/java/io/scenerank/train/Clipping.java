package io.scenerank.train;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
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
  private final TrainingConfig config;

  Clipping(Ops tf, TrainingConfig config) {
    this.tf = tf;
    this.config = config;
  }

  /** The updates with clipped gradients; the same ones, and no op, where there is no limit. */
  ImmutableList<WeightUpdate> clip(ImmutableList<WeightUpdate> updates) {
    if (config.globalClipnorm() > 0) {
      Operand<TFloat32> scale = scale(updates);
      return map(updates, gradient -> tf.math.mul(gradient, scale));
    }
    if (config.clipvalue() > 0) {
      Operand<TFloat32> limit = tf.constant(config.clipvalue());
      return map(updates, gradient -> tf.clipByValue(gradient, tf.math.neg(limit), limit));
    }
    return updates;
  }

  private static ImmutableList<WeightUpdate> map(
      List<WeightUpdate> updates, UnaryOperator<Operand<TFloat32>> clip) {
    return updates.stream()
        .map(update -> update.withGradient(clip.apply(update.gradient())))
        .collect(ImmutableList.toImmutableList());
  }

  /** What all gradients are multiplied by; NaN where their norm is not finite. */
  private Operand<TFloat32> scale(List<WeightUpdate> updates) {
    List<Operand<TFloat32>> halves = new ArrayList<>();
    updates.forEach(update -> halves.add(tf.nn.l2Loss(update.gradient())));
    Operand<TFloat32> norm =
        tf.math.sqrt(tf.math.mul(tf.math.addN(halves), tf.constant(2f))); // scalar
    Operand<TFloat32> limit = tf.constant(config.globalClipnorm());
    Operand<TFloat32> scale = tf.math.div(limit, tf.math.maximum(norm, limit));
    // Were an infinite norm scaled to 0, a training that has failed would stand still unnoticed.
    return tf.math.add(scale, tf.math.sub(norm, norm));
  }
}
