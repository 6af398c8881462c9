package io.scenerank.eval;

import io.scenerank.PublicApi;
import io.scenerank.config.InvalidInputException;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * One task's metrics over some rows.
 *
 * @param rows number of rows
 * @param baseRate share of positive rows; empty if there is no row
 * @param auc empty if the rows have one label only
 * @param gauc AUC within users
 * @param logLoss empty if there is no row
 */
@PublicApi
public record TaskMetrics(
    String task,
    int rows,
    OptionalDouble baseRate,
    OptionalDouble auc,
    Metrics.Gauc gauc,
    OptionalDouble logLoss) {

  /**
   * @param scores [n] probabilities
   * @param labels [n], 0 or 1
   * @param users [n]
   * @throws InvalidInputException naming the task and the row of a score that is not finite
   */
  static TaskMetrics of(String task, float[] scores, float[] labels, int[] users) {
    for (int i = 0; i < scores.length; i++) {
      if (!Float.isFinite(scores[i])) {
        throw new InvalidInputException(
            String.format(
                Locale.ROOT,
                "scores: task '%s', row %d: found %s, expected a finite number",
                task,
                i,
                scores[i]));
      }
    }
    return new TaskMetrics(
        task,
        labels.length,
        mean(labels),
        Auc.of(scores, labels),
        Metrics.Gauc.of(scores, labels, users),
        LogLoss.of(scores, labels));
  }

  private static OptionalDouble mean(float[] labels) {
    double sum = 0;
    for (float label : labels) {
      sum += label;
    }
    return labels.length == 0 ? OptionalDouble.empty() : OptionalDouble.of(sum / labels.length);
  }
}
