package io.scenerank.train;

import io.scenerank.eval.Metrics;
import java.util.Optional;

/** Hears of the progress of a training. Called on the training thread. */
@FunctionalInterface
public interface TrainingListener {
  /** A listener that does nothing. */
  TrainingListener NONE = epoch -> {};

  /** A step is finished. Does nothing unless it is overridden. */
  default void onStep(StepResult step) {}

  /** An epoch is finished, and its checkpoint written. */
  void onEpoch(EpochResult epoch);

  /**
   * Whether the training is to end: asked after every step, and between batches of an evaluation.
   * It then writes a checkpoint from which it can go on, and ends with {@link TrainingStopped}.
   * Never, unless it is overridden.
   */
  default boolean isStopRequested() {
    return false;
  }

  /**
   * A finished step.
   *
   * @param epoch number of the epoch, from 1
   * @param epochs epochs in all
   * @param rows rows of this epoch so far
   * @param rowsOfEpoch rows of an epoch
   * @param loss loss of the step's batch, with regularisers
   */
  record StepResult(int epoch, int epochs, int rows, int rowsOfEpoch, float loss) {}

  /**
   * A finished epoch.
   *
   * @param epoch number of the epoch, from 1
   * @param loss mean loss of its steps, weighted by their rows
   * @param samplesPerSecond rows trained a second, validation and checkpoint left out
   * @param validation figures of the validation rows, where there are any
   */
  record EpochResult(
      int epoch, double loss, double samplesPerSecond, Optional<Metrics> validation) {}
}
