package io.scenerank.eval;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.Arrays;
import java.util.OptionalDouble;

/**
 * AUC within users.
 *
 * @param mean plain mean over the counted users; empty if there is none
 * @param weighted mean weighted by each counted user's rows; empty if there is none
 * @param countedUsers users that have both labels
 * @param skippedUsers users that have one label only
 */
public record Gauc(
    OptionalDouble mean, OptionalDouble weighted, int countedUsers, int skippedUsers) {

  /**
   * Computes the AUC of each user and its means.
   *
   * @param scores [n], finite
   * @param labels [n], 0 or 1
   * @param users [n], each row's user
   * @throws io.scenerank.config.InvalidInputException if a score is not finite
   */
  public static Gauc of(float[] scores, float[] labels, int[] users) {
    checkArgument(
        scores.length == labels.length && scores.length == users.length,
        "%s scores, %s labels, %s users",
        scores.length,
        labels.length,
        users.length);
    long[] byUser = new long[users.length];
    for (int i = 0; i < byUser.length; i++) {
      byUser[i] = ((long) users[i] << 32) | i;
    }
    Arrays.sort(byUser);
    long[] keys = new long[users.length];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = Auc.key(scores, labels, (int) byUser[i]);
    }
    return ofGroups(byUser, keys);
  }

  private static Gauc ofGroups(long[] byUser, long[] keys) {
    double sum = 0;
    double weightedSum = 0;
    long rows = 0;
    int counted = 0;
    int skipped = 0;
    int start = 0;
    while (start < keys.length) {
      int end = start;
      while (end < keys.length && byUser[end] >> 32 == byUser[start] >> 32) {
        end++;
      }
      OptionalDouble auc = Auc.ofKeys(keys, start, end);
      if (auc.isPresent()) {
        sum += auc.getAsDouble();
        weightedSum += auc.getAsDouble() * (end - start);
        rows += end - start;
        counted++;
      } else {
        skipped++;
      }
      start = end;
    }
    return counted == 0
        ? new Gauc(OptionalDouble.empty(), OptionalDouble.empty(), 0, skipped)
        : new Gauc(
            OptionalDouble.of(sum / counted),
            OptionalDouble.of(weightedSum / rows),
            counted,
            skipped);
  }
}
