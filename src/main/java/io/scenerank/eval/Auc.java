package io.scenerank.eval;

import static com.google.common.base.Preconditions.checkArgument;

import io.scenerank.config.InvalidInputException;
import java.util.Arrays;
import java.util.OptionalDouble;

/**
 * Exact area under the ROC curve in float64: the share of pairs of a positive and a negative row in
 * which the positive one scores higher, a tie counting one half. O(n log n).
 */
final class Auc {
  private Auc() {}

  /**
   * The AUC of scores.
   *
   * @param scores [n], finite
   * @param labels [n], 0 or 1
   * @return empty if there is no positive or no negative row
   * @throws InvalidInputException if a score is not finite
   */
  public static OptionalDouble of(float[] scores, float[] labels) {
    checkArgument(
        scores.length == labels.length, "%s scores, %s labels", scores.length, labels.length);
    long[] keys = new long[scores.length];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = key(scores, labels, i);
    }
    return ofKeys(keys, 0, keys.length);
  }

  /**
   * A number that sorts by score and carries the label in its lowest bit, so that sorting needs no
   * objects.
   */
  static long key(float[] scores, float[] labels, int row) {
    float score = scores[row];
    if (!Float.isFinite(score)) {
      throw new InvalidInputException("score of row " + row + " is " + score + ", expected finite");
    }
    checkArgument(
        labels[row] == 0 || labels[row] == 1, "label of row " + row + " is neither 0 nor 1");
    return ((long) ScoreOrder.ordered(score) << 1) | (labels[row] == 1 ? 1 : 0);
  }

  /** AUC of the keys in [from, to), which it sorts. */
  static OptionalDouble ofKeys(long[] keys, int from, int to) {
    Arrays.sort(keys, from, to);
    double wins = 0;
    long positives = 0;
    long negatives = 0;
    int start = from;
    while (start < to) {
      int end = start;
      long tiedPositives = 0;
      while (end < to && keys[end] >> 1 == keys[start] >> 1) {
        tiedPositives += keys[end] & 1;
        end++;
      }
      long tiedNegatives = end - start - tiedPositives;
      wins += tiedPositives * (negatives + tiedNegatives / 2.0);
      positives += tiedPositives;
      negatives += tiedNegatives;
      start = end;
    }
    return positives == 0 || negatives == 0
        ? OptionalDouble.empty()
        : OptionalDouble.of(wins / positives / negatives);
  }
}
