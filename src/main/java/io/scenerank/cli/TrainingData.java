package io.scenerank.cli;

import io.scenerank.data.PackedRows;
import io.scenerank.data.PreparedDataset;
import io.scenerank.feature.Schema;
import java.nio.file.Path;

/**
 * The rows of a data set, read.
 *
 * @param folder where the data set lies
 */
record TrainingData(Path folder, Schema schema, PackedRows train, PackedRows test) {

  /** Reads both files before any training, so that a wrong row does not cost one. */
  static TrainingData read(PreparedDataset dataset) {
    return new TrainingData(dataset.folder(), dataset.schema(), dataset.train(), dataset.test());
  }
}
