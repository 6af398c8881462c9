package io.scenerank.bench;

import io.scenerank.export.SavedModelExporter;
import io.scenerank.model.ModelDefinition;
import io.scenerank.train.Device;
import io.scenerank.train.TrainingConfig;
import io.scenerank.train.TrainingGraph;
import java.io.IOException;
import java.nio.file.Path;

/** A model with its first values, as a SavedModel: how fast it predicts does not depend on them. */
final class ExportedModel {
  private ExportedModel() {}

  /**
   * Exports.
   *
   * @param base folder of the versions
   * @return the SavedModel
   */
  public static Path write(ModelDefinition<?> definition, long seed, int threads, Path base)
      throws IOException {
    TrainingGraph.Options options =
        TrainingGraph.Options.of(TrainingConfig.defaults(), seed, Device.parse("cpu"), threads);
    try (TrainingGraph graph = new TrainingGraph(definition, options)) {
      return new SavedModelExporter().export(definition, graph, base, 1, false);
    }
  }
}
