package io.scenerank.eval;

import java.util.Arrays;

/**
 * An AUC as the mean of its parts: of every row, the share of the rows of the other label that it
 * is rightly ordered with, a tie counting one half. The parts of two scores of the same rows give
 * the standard error of the difference of their AUC. Source: Comparing the areas under two or more
 * correlated receiver operating characteristic curves (DeLong et al., 1988).
 */
final class AucParts {
  private final double[] parts; // [n], by row
  private final float[] labels;
  private final int positives;
  private final double auc;

  private AucParts(double[] parts, float[] labels, int positives) {
    this.parts = parts;
    this.labels = labels;
    this.positives = positives;
    this.auc = mean(parts, 1, positives);
  }

  /**
   * @param scores [n], finite
   * @param labels [n], 0 or 1
   */
  static AucParts of(float[] scores, float[] labels) {
    long[] order = new long[scores.length];
    int positives = 0;
    for (int i = 0; i < order.length; i++) {
      // The score's order above, the row below.
      order[i] = (Auc.key(scores, labels, i) >> 1 << Integer.SIZE) | i;
      positives += labels[i] == 1 ? 1 : 0;
    }
    Arrays.sort(order);
    double[] parts = new double[order.length];
    int negatives = order.length - positives;
    int[] below = new int[2]; // rows of a lower score, by label
    for (int from = 0, to; from < order.length; from = to) {
      int[] tied = new int[2];
      for (to = from; to < order.length && score(order[to]) == score(order[from]); to++) {
        tied[(int) labels[(int) order[to]]]++;
      }
      for (int i = from; i < to; i++) {
        boolean positive = labels[(int) order[i]] == 1;
        double lower = positive ? below[0] + tied[0] / 2.0 : below[1] + tied[1] / 2.0;
        parts[(int) order[i]] = positive ? lower / negatives : 1 - lower / positives;
      }
      below[0] += tied[0];
      below[1] += tied[1];
    }
    return new AucParts(parts, labels, positives);
  }

  private static long score(long ordered) {
    return ordered >> Integer.SIZE;
  }

  int positives() {
    return positives;
  }

  int negatives() {
    return labels.length - positives;
  }

  /** NaN where there is one label only. */
  double auc() {
    return auc;
  }

  /** Standard error of the difference of this AUC and another of the same rows. */
  double error(AucParts other) {
    double[] apart = new double[parts.length];
    for (int i = 0; i < apart.length; i++) {
      apart[i] = parts[i] - other.parts[i];
    }
    return Math.sqrt(variance(apart, 1, positives) + variance(apart, 0, negatives()));
  }

  /** Variance of the mean over the rows of a label. */
  private double variance(double[] values, int label, int count) {
    double mean = mean(values, label, count);
    double sum = 0;
    for (int i = 0; i < values.length; i++) {
      sum += labels[i] == label ? (values[i] - mean) * (values[i] - mean) : 0;
    }
    return sum / count / (count - 1);
  }

  private double mean(double[] values, int label, int count) {
    double sum = 0;
    for (int i = 0; i < values.length; i++) {
      sum += labels[i] == label ? values[i] : 0;
    }
    return sum / count;
  }
}
