package io.scenerank.variable;

import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;

/** The first word of TensorFlow's stateless seeds, as Keras 3 derives it from an integer seed. */
final class StatelessSeed {
  /** Keras keeps seeds below 2^31 - 2, so that every backend can hold them. */
  private static final long MODULUS = (1L << 31) - 2;

  private StatelessSeed() {}

  /**
   * The first word of the stateless pair of a seed.
   *
   * @param seed the integer seed, read as an unsigned word
   */
  public static int word(int seed) {
    return (int) (Integer.toUnsignedLong(seed) % MODULUS);
  }

  /** Keras 3 turns the integer seed s into the stateless pair [s mod (2^31 - 2), 0]. */
  static Operand<TInt32> words(Ops tf, int seed) {
    // A value that could be fed is not a constant to the session, which would otherwise draw all
    // numbers once more when it folds constants, and keep them.
    return tf.placeholderWithDefault(tf.constant(new int[] {word(seed), 0}), Shape.of(2));
  }
}
