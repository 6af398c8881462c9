package io.scenerank.eval;

import java.util.OptionalDouble;

/**
 * Rank correlation in float64: Pearson's correlation of the ranks, where equal values share the
 * mean of their ranks. O(n log n).
 */
final class Spearman {
  private Spearman() {}

  /**
   * The correlation of the ranks of two lists of numbers.
   *
   * @param first [n], finite
   * @param second [n], finite
   * @return empty where all values of one of them are equal, or there are fewer than two
   */
  static OptionalDouble of(float[] first, float[] second) {
    double[] x = centredRanks(first);
    double[] y = centredRanks(second);
    double product = 0;
    double squaresOfX = 0;
    double squaresOfY = 0;
    for (int i = 0; i < x.length; i++) {
      product += x[i] * y[i];
      squaresOfX += x[i] * x[i];
      squaresOfY += y[i] * y[i];
    }
    return squaresOfX == 0 || squaresOfY == 0
        ? OptionalDouble.empty()
        : OptionalDouble.of(product / Math.sqrt(squaresOfX * squaresOfY));
  }

  /** The rank of each value minus the mean of all ranks. */
  private static double[] centredRanks(float[] values) {
    long[] keys = ScoreOrder.ascending(values);
    double[] ranks = new double[keys.length];
    double middle = (keys.length - 1) / 2.0;
    for (int from = 0, to; from < keys.length; from = to) {
      to = ScoreOrder.endOfTies(keys, from, keys.length);
      for (int i = from; i < to; i++) {
        ranks[ScoreOrder.row(keys[i])] = (from + to - 1) / 2.0 - middle;
      }
    }
    return ranks;
  }
}
