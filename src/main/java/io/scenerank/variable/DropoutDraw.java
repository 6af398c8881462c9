package io.scenerank.variable;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * What one call of a dropout layer draws at each step: Keras 3's {@code stateless_dropout} with the
 * seeds [word, counter of the step].
 *
 * @param word first seed
 * @param first counter of the first step
 * @param callsPerStep by how much the counter grows from step to step
 * @param rate probability of a drop, in (0, 1)
 */
public record DropoutDraw(int word, int first, int callsPerStep, float rate) {
  private static final int[] ONE = {1};

  /**
   * What a layer draws with its seed.
   *
   * @param call number of the layer's call in a step, from 0
   */
  public static DropoutDraw of(Training.DropoutSeed seed, int call, int callsPerStep, float rate) {
    return new DropoutDraw(
        StatelessSeed.word(seed.seed()), seed.counter() + call, callsPerStep, rate);
  }

  /** The second seed at a step; past 2^31 it wraps, as in the graph. */
  int counter(int step) {
    return step * callsPerStep + first;
  }

  /** What each value is multiplied by, 0 or 1 / (1 - rate), for decisions of its shape. */
  public Operand<TFloat32> factors(Ops tf, Operand<TBool> kept) {
    return tf.math.mul(tf.dtypes.cast(kept, TFloat32.class), tf.constant(1f / (1f - rate)));
  }

  /** The plain form: an op that draws as many values as {@code shape} holds. */
  public Operand<TBool> kept(Ops tf, Operand<TInt32> step, Operand<TInt32> shape) {
    Operand<TInt32> draws = tf.math.mul(step, tf.constant(callsPerStep));
    Operand<TInt32> counter = tf.math.add(draws, tf.constant(first));
    Operand<TInt32> seed =
        tf.concat(
            List.of(tf.constant(new int[] {word}), tf.reshape(counter, tf.constant(ONE))),
            tf.constant(0));
    Operand<TFloat32> uniform = tf.random.statelessRandomUniform(shape, seed);
    return tf.math.greaterEqual(uniform, tf.constant(rate));
  }
}
