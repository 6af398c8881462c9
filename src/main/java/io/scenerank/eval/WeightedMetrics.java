package io.scenerank.eval;

import java.util.OptionalDouble;

/** AUC and log-loss of rows that count as much as their sample weights say, in float64. */
final class WeightedMetrics {
  private WeightedMetrics() {}

  /**
   * Exact AUC: of all pairs of a positive and a negative row, each counting the product of its
   * weights, the share in which the positive one scores higher, a tie counting one half. It is what
   * {@code roc_auc_score} of scikit-learn gives with {@code sample_weight}.
   *
   * @param scores [n], finite
   * @param labels [n], 0 or 1
   * @param weights [n], finite, 0 or more
   * @return empty if the rows of a label weigh nothing
   */
  static OptionalDouble auc(float[] scores, float[] labels, float[] weights) {
    long[] keys = ScoreOrder.ascending(scores);
    double wins = 0;
    double positives = 0;
    double negatives = 0;
    for (int from = 0, to; from < keys.length; from = to) {
      to = ScoreOrder.endOfTies(keys, from, keys.length);
      double tiedPositives = 0;
      double tiedNegatives = 0;
      for (int i = from; i < to; i++) {
        int row = ScoreOrder.row(keys[i]);
        if (labels[row] == 1) {
          tiedPositives += weights[row];
        } else {
          tiedNegatives += weights[row];
        }
      }
      wins += tiedPositives * (negatives + tiedNegatives / 2);
      positives += tiedPositives;
      negatives += tiedNegatives;
    }
    return positives == 0 || negatives == 0
        ? OptionalDouble.empty()
        : OptionalDouble.of(wins / positives / negatives);
  }

  /**
   * Weighted mean of the log-loss.
   *
   * @param probabilities [n]
   * @param labels [n], 0 or 1
   * @param weights [n], finite, 0 or more
   * @return empty if the rows weigh nothing
   */
  static OptionalDouble logLoss(float[] probabilities, float[] labels, float[] weights) {
    double sum = 0;
    double total = 0;
    for (int i = 0; i < labels.length; i++) {
      sum += weights[i] * LogLoss.of(probabilities[i], labels[i]);
      total += weights[i];
    }
    return total == 0 ? OptionalDouble.empty() : OptionalDouble.of(sum / total);
  }
}
