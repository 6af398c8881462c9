package io.scenerank.train;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.scenerank.config.InvalidInputException;

/**
 * How closely a training is written down.
 *
 * @param everySteps steps from one point of {@code history.jsonl} to the next; an epoch's last step
 *     always is one
 * @param tensorboard whether {@code events/} is written for TensorBoard
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record LogPace(int everySteps, boolean tensorboard) {
  /** Every ten steps, for TensorBoard too. */
  public static final LogPace DEFAULT = new LogPace(10, true);

  /**
   * @throws InvalidInputException naming the key that is out of range
   */
  public LogPace {
    if (everySteps < 1) {
      throw new InvalidInputException(
          "training.log.every_steps is " + everySteps + ", expected at least 1");
    }
  }
}
