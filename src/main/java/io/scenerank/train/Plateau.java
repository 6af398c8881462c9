package io.scenerank.train;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.scenerank.config.InvalidInputException;

/**
 * When and how far {@code schedule: reduce_on_plateau} reduces the learning rate.
 *
 * @param factor what the rate is multiplied by, in (0, 1)
 * @param patience epochs without a better validation metric before that
 * @param minLearningRate the rate never gets below it
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
record Plateau(float factor, int patience, float minLearningRate) {
  /** A tenth after every epoch without a better metric, without an end. */
  public static final Plateau DEFAULT = new Plateau(0.1f, 1, 0);

  /**
   * @throws InvalidInputException naming the key that is out of range
   */
  public Plateau {
    TrainingConfig.require(
        factor > 0 && factor < 1, "plateau.factor is " + factor + ", expected a number in (0, 1)");
    TrainingConfig.require(
        patience >= 1, "plateau.patience is " + patience + ", expected at least 1");
    TrainingConfig.require(
        minLearningRate >= 0 && Float.isFinite(minLearningRate),
        "plateau.min_learning_rate is " + minLearningRate + ", expected 0 or more");
  }
}
