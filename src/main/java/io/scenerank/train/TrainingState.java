package io.scenerank.train;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;

/**
 * Where training stands at the end of an epoch; with the variables and slots, all that going on
 * needs. The order of an epoch's rows follows from seed, epoch and rows alone.
 *
 * @param epoch finished epochs
 * @param step finished steps
 * @param seed seed of shuffling, split, initialisers and dropout
 * @param rows training rows an epoch, without the validation rows
 * @param batchSize rows a step
 * @param bestEpoch epoch of the best validation {@code auc_macro}; 0 before the first
 * @param bestAucMacro that figure; -1 before the first
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record TrainingState(
    int epoch, int step, long seed, int rows, int batchSize, int bestEpoch, double bestAucMacro) {

  static TrainingState start(long seed, int rows, int batchSize) {
    return new TrainingState(0, 0, seed, rows, batchSize, 0, -1);
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
