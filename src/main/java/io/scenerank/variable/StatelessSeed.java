package io.scenerank.variable;

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
}
