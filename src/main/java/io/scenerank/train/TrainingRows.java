package io.scenerank.train;

import io.scenerank.config.InvalidInputException;
import io.scenerank.data.Batcher;
import io.scenerank.data.RowSource;
import io.scenerank.data.Split;
import io.scenerank.model.ModelDefinition;

/** Which rows a training takes, and what of them: the same in every process of it. */
public final class TrainingRows {
  private TrainingRows() {}

  /**
   * The model's columns and tasks of the rows, in batches.
   *
   * @throws InvalidInputException naming what the rows lack
   */
  public static Batcher.Builder batches(RowSource rows, ModelDefinition<?> definition) {
    return Batcher.of(rows).reading(definition.layout(), definition.params().taskNames());
  }

  /**
   * The rows to train on and those to validate with.
   *
   * @throws InvalidInputException if none is left to train on
   */
  public static Split split(RowSource rows, TrainingConfig config, long seed) {
    Split split = Split.of(rows.size(), config.validationSplit(), seed);
    if (split.trainSize() == 0) {
      throw new InvalidInputException(
          "no training row is left of "
              + rows.size()
              + " with validation_split "
              + config.validationSplit());
    }
    return split;
  }
}
