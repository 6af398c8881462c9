package io.scenerank.train;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.scenerank.feature.InvalidInputException;

/**
 * Where training stands at the end of an epoch; with the variables and slots, all that going on
 * needs. The order of an epoch's rows follows from seed, epoch and rows alone.
 *
 * @param epoch finished epochs
 * @param step finished steps, with those of an earlier training that this one goes on from: Adam's
 *     correction and dropout count on, epochs and the learning rate's schedule begin anew
 * @param seed seed of shuffling, split, initialisers and dropout
 * @param rows training rows an epoch, without the validation rows; 0 where they are not known
 * @param batchSize rows a step; 0 where it is not known
 * @param bestEpoch epoch of the best validation {@code auc_macro}; 0 before the first
 * @param bestAucMacro that figure; -1 before the first
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record TrainingState(
    int epoch, int step, long seed, int rows, int batchSize, int bestEpoch, double bestAucMacro) {

  /**
   * @throws InvalidInputException if the epoch or the step is negative
   */
  public TrainingState {
    if (epoch < 0) {
      throw new InvalidInputException("epoch is " + epoch + ", expected 0 or more");
    }
    checkStep(step);
  }

  static void checkStep(long step) {
    if (step < 0 || step > Integer.MAX_VALUE) {
      throw new InvalidInputException("step is " + step + ", expected a number in [0, 2^31 - 1]");
    }
  }

  /**
   * The state of variables that another program trained, before the first epoch here. Their seed
   * and rows are not known.
   *
   * @param step finished steps of the optimizer; 0 where its moments are not there
   * @throws InvalidInputException if the step is negative or above 2^31 - 1
   */
  public static TrainingState imported(long step) {
    checkStep(step);
    return new TrainingState(0, (int) step, 0, 0, 0, 0, -1);
  }

  static TrainingState start(int step, long seed, int rows, int batchSize) {
    return new TrainingState(0, step, seed, rows, batchSize, 0, -1);
  }

  /** The same state with an optimizer that begins anew. */
  TrainingState withNewOptimizer() {
    return new TrainingState(epoch, 0, seed, rows, batchSize, bestEpoch, bestAucMacro);
  }

  /** The epoch whose variables the training keeps: with patience the best, else the last. */
  int keptEpoch(TrainingConfig config) {
    return config.patience() > 0 && bestEpoch > 0 ? bestEpoch : epoch;
  }

  TrainingState finishedEpoch(int steps) {
    return new TrainingState(
        epoch + 1, step + steps, seed, rows, batchSize, bestEpoch, bestAucMacro);
  }

  TrainingState withBest(double aucMacro) {
    return new TrainingState(epoch, step, seed, rows, batchSize, epoch, aucMacro);
  }

  /** Whether this state can go on with the rows and settings of {@code other}. */
  boolean fits(TrainingState other) {
    return seed == other.seed && rows == other.rows && batchSize == other.batchSize;
  }
}
