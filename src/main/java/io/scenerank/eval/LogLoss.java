package io.scenerank.eval;

import static com.google.common.base.Preconditions.checkArgument;

import io.scenerank.config.InvalidInputException;
import java.util.OptionalDouble;

/** Mean binary cross-entropy in float64, of probabilities clipped to [1e-7, 1 - 1e-7]. */
final class LogLoss {
  private static final double CLIP = 1e-7;

  private LogLoss() {}

  /**
   * The mean log-loss of probabilities.
   *
   * @param probabilities [n], finite
   * @param labels [n], 0 or 1
   * @return empty if there is no row
   * @throws InvalidInputException if a probability is not finite
   */
  public static OptionalDouble of(float[] probabilities, float[] labels) {
    checkArgument(
        probabilities.length == labels.length,
        "%s probabilities, %s labels",
        probabilities.length,
        labels.length);
    double sum = 0;
    for (int i = 0; i < labels.length; i++) {
      if (!Float.isFinite(probabilities[i])) {
        throw new InvalidInputException(
            "score of row " + i + " is " + probabilities[i] + ", expected finite");
      }
      sum += of(probabilities[i], labels[i]);
    }
    return labels.length == 0 ? OptionalDouble.empty() : OptionalDouble.of(sum / labels.length);
  }

  /** The cross-entropy of one row. */
  static double of(float probability, float label) {
    double p = Math.min(1 - CLIP, Math.max(CLIP, probability));
    return label == 1 ? -Math.log(p) : -Math.log1p(-p);
  }
}
