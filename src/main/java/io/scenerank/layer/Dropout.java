package io.scenerank.layer;

import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Keras 3's {@code Dropout}, drop for drop: in training, each value is 0 with probability {@code
 * rate} and scaled by 1 / (1 - rate) otherwise; at inference the input passes unchanged.
 *
 * <p>The stream is {@code stateless_dropout} seeded with [seed, number of the step], which is what
 * Keras 3's seed generator hands out. A layer that a step calls several times, as one of a shared
 * unit, draws anew at each call: the number of the step times the calls a step, and then one more
 * for each call before it.
 *
 * <p>Source: Dropout (Srivastava et al., 2014), section 4.
 */
public final class Dropout extends Layer {
  private final float rate;
  private final int callsPerStep;

  /**
   * A layer that is called once a step.
   *
   * @param rate probability of a drop, in [0, 1)
   */
  public Dropout(LayerScope scope, float rate) {
    this(scope, rate, 1);
  }

  /**
   * @param rate probability of a drop, in [0, 1)
   * @param callsPerStep number of calls in one forward pass
   */
  public Dropout(LayerScope scope, float rate, int callsPerStep) {
    super(scope);
    if (!(rate >= 0 && rate < 1)) {
      throw new IllegalArgumentException("dropout rate " + rate + " is outside [0, 1)");
    }
    this.rate = rate;
    this.callsPerStep = callsPerStep;
  }

  public Operand<TFloat32> call(Ops tf, Operand<TFloat32> x) {
    return call(tf, x, 0);
  }

  /**
   * @param call number of this call in the forward pass, from 0
   */
  public Operand<TFloat32> call(Ops tf, Operand<TFloat32> x, int call) {
    Optional<Training> training = scope().training();
    Optional<Training.DropoutSeed> seed =
        training.flatMap(form -> form.dropoutSeed(path(), scope().store().seeds()));
    return rate == 0 || seed.isEmpty() ? x : drop(tf, x, training.get().step(), seed.get(), call);
  }

  private Operand<TFloat32> drop(
      Ops tf, Operand<TFloat32> x, Operand<TInt32> step, Training.DropoutSeed first, int call) {
    Operand<TInt32> draws = tf.math.mul(step, tf.constant(callsPerStep));
    Operand<TInt32> counter = tf.math.add(draws, tf.constant(first.counter() + call));
    Operand<TInt32> seed =
        tf.concat(
            List.of(
                tf.constant(new int[] {StatelessSeed.word(first.seed())}),
                tf.reshape(counter, tf.constant(new int[] {1}))),
            tf.constant(0));
    Operand<TFloat32> uniform = tf.random.statelessRandomUniform(tf.shape(x), seed);
    Operand<TFloat32> scaled = tf.math.mul(x, tf.constant(1f / (1f - rate)));
    return tf.select(
        tf.math.greaterEqual(uniform, tf.constant(rate)), scaled, tf.zerosLike(scaled));
  }
}
