package io.scenerank.train;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.scenerank.config.InvalidInputException;

/**
 * When checkpoints are written, besides the one of every epoch, and how many are kept.
 *
 * @param everySteps a checkpoint after so many steps of an epoch; 0 for none
 * @param everyMinutes a checkpoint after so many minutes; 0 for none
 * @param keep how many of the newest are kept, besides the best epoch's, default 2
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
record CheckpointPace(int everySteps, double everyMinutes, int keep) {
  /** One an epoch; should the newest be damaged, there is the one before it. */
  public static final CheckpointPace DEFAULT = new CheckpointPace(0, 0, 2);

  private static final double MINUTE = 60e9; // ns

  /**
   * @throws InvalidInputException naming the key that is out of range
   */
  public CheckpointPace {
    TrainingConfig.require(
        everySteps >= 0, "checkpoints.every_steps is " + everySteps + ", expected 0 or more");
    TrainingConfig.require(
        everyMinutes >= 0 && Double.isFinite(everyMinutes),
        "checkpoints.every_minutes is " + everyMinutes + ", expected 0 or more");
    TrainingConfig.require(keep >= 1, "checkpoints.keep is " + keep + ", expected at least 1");
  }

  /**
   * Whether a checkpoint is due.
   *
   * @param step finished steps of the epoch
   * @param sinceLast ns since the last checkpoint
   */
  boolean isDue(int step, long sinceLast) {
    return (everySteps > 0 && step % everySteps == 0)
        || (everyMinutes > 0 && sinceLast >= everyMinutes * MINUTE);
  }
}
