package io.scenerank.eval;

import java.util.Arrays;

/**
 * Rows in the order of their scores, as numbers that hold a score above and a row below, so that
 * sorting needs no objects.
 */
final class ScoreOrder {
  private ScoreOrder() {}

  /** An int that sorts as the number does; 0 and -0 are the same. */
  static int ordered(float value) {
    // Adding 0 turns -0 into 0; flipping the other bits of negative floats makes their order rise.
    int bits = Float.floatToIntBits(value + 0f);
    return bits ^ ((bits >> 31) & 0x7fffffff);
  }

  /** The rows from the lowest score to the highest; of equal scores in their order. */
  static long[] ascending(float[] scores) {
    long[] keys = new long[scores.length];
    for (int row = 0; row < keys.length; row++) {
      keys[row] = (long) ordered(scores[row]) << Integer.SIZE | row;
    }
    Arrays.sort(keys);
    return keys;
  }

  static int row(long key) {
    return (int) key;
  }

  static boolean isTie(long first, long second) {
    return first >> Integer.SIZE == second >> Integer.SIZE;
  }

  /** The first place after {@code from} whose score is another one, at most {@code to}. */
  static int endOfTies(long[] keys, int from, int to) {
    int end = from + 1;
    while (end < to && isTie(keys[end], keys[from])) {
      end++;
    }
    return end;
  }
}
