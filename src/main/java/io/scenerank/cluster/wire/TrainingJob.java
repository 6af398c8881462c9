package io.scenerank.cluster.wire;

import io.scenerank.data.RowSequence.Split;
import io.scenerank.data.RowSource;
import io.scenerank.model.ModelDefinition;
import io.scenerank.train.TrainingConfig;

/**
 * What a cluster trains, and on what: the same for its chief and its workers.
 *
 * @param config of which the split, the shuffle buffer and the batch size count for a worker
 * @param seed seed of the training
 * @param rows all rows, those to validate with among them
 */
public record TrainingJob(
    ModelDefinition<?> definition, TrainingConfig config, long seed, RowSource rows) {

  /**
   * The rows to train on and those to validate with.
   *
   * @throws io.scenerank.config.InvalidInputException if none is left to train on
   */
  public Split split() {
    return Split.ofTraining(rows, config.validationSplit(), seed);
  }
}
