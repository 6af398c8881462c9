package io.scenerank.eval;

import static com.google.common.base.Preconditions.checkArgument;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.google.common.collect.ImmutableList;
import java.util.Arrays;

/**
 * Whether a task's probabilities come true: its rows in the order of their scores, cut into parts
 * of about the same size. Equal scores stay together, so that there may be fewer parts.
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record Calibration(String task, ImmutableList<Bin> bins) {

  /**
   * Rows of neighbouring scores.
   *
   * @param rows number of rows, at least 1
   * @param predicted mean score
   * @param observed share of positive rows
   */
  public record Bin(int rows, double predicted, double observed) {}

  /**
   * Cuts rows into parts.
   *
   * @param scores [n], finite
   * @param labels [n], 0 or 1
   * @param parts how many, at most, at least 1
   * @throws io.scenerank.config.InvalidInputException if a score is not finite
   */
  public static Calibration of(String task, float[] scores, float[] labels, int parts) {
    checkArgument(
        scores.length == labels.length, "%s scores, %s labels", scores.length, labels.length);
    checkArgument(parts >= 1, "%s parts", parts);
    long[] keys = new long[scores.length];
    for (int row = 0; row < keys.length; row++) {
      keys[row] = Auc.key(scores, labels, row);
    }
    Arrays.sort(keys);
    ImmutableList.Builder<Bin> bins = ImmutableList.builder();
    int from = 0;
    for (int part = 1; part <= parts; part++) {
      int to = afterTies(keys, (int) ((long) keys.length * part / parts));
      if (to > from) {
        bins.add(bin(keys, from, to));
        from = to;
      }
    }
    return new Calibration(task, bins.build());
  }

  /** The first place from {@code to} on whose score is not that of the place before. */
  private static int afterTies(long[] keys, int to) {
    int end = to;
    while (end > 0 && end < keys.length && keys[end] >> 1 == keys[end - 1] >> 1) {
      end++;
    }
    return end;
  }

  private static Bin bin(long[] keys, int from, int to) {
    double predicted = 0;
    long positives = 0;
    for (int i = from; i < to; i++) {
      predicted += Auc.score(keys[i]);
      positives += keys[i] & 1;
    }
    int rows = to - from;
    return new Bin(rows, predicted / rows, (double) positives / rows);
  }

  /**
   * Expected calibration error: the mean distance of predicted and observed, weighted by rows; 0
   * without rows.
   */
  public double error() {
    long rows = bins.stream().mapToLong(Bin::rows).sum();
    double sum =
        bins.stream()
            .mapToDouble(bin -> bin.rows() * Math.abs(bin.predicted() - bin.observed()))
            .sum();
    return rows == 0 ? 0 : sum / rows;
  }
}
