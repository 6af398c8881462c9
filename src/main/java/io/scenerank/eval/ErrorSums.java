package io.scenerank.eval;

import io.scenerank.eval.Metrics.Errors;
import io.scenerank.feature.Targets.TaskType;
import java.util.Optional;
import java.util.OptionalDouble;

/** Sums of the errors of predicted numbers, in float64. */
final class ErrorSums {
  /** A mean of 0 or less is none of a Poisson distribution. */
  private static final double LEAST_MEAN = 1e-7;

  private double squares;
  private double distances;
  private double deviance;
  private double total;

  private ErrorSums() {}

  /**
   * @param scores [n], finite; of counts, means of at least 1e-7, lower ones count as that
   * @param labels [n]; of counts, 0 or more
   * @param weights [n]; of the rank correlation there is no weighted form
   */
  static Errors of(TaskType type, float[] scores, float[] labels, Optional<float[]> weights) {
    ErrorSums sums = new ErrorSums();
    for (int i = 0; i < labels.length; i++) {
      sums.add(scores[i], labels[i], weights.isPresent() ? weights.get()[i] : 1);
    }
    return new Errors(
        sums.mean(sums.squares),
        sums.mean(sums.distances),
        weights.isPresent() ? OptionalDouble.empty() : Spearman.of(scores, labels),
        type == TaskType.COUNT ? sums.mean(sums.deviance) : OptionalDouble.empty());
  }

  private void add(double score, double label, double weight) {
    double error = score - label;
    squares += weight * error * error;
    distances += weight * Math.abs(error);
    deviance += weight * deviance(Math.max(LEAST_MEAN, score), label);
    total += weight;
  }

  /** Twice the log-likelihood that a Poisson distribution of the mean lacks to the best one. */
  private static double deviance(double mean, double label) {
    return 2 * ((label > 0 ? label * Math.log(label / mean) : 0) - label + mean);
  }

  private OptionalDouble mean(double sum) {
    return total == 0 ? OptionalDouble.empty() : OptionalDouble.of(sum / total);
  }
}
