package io.scenerank.cli;

import io.scenerank.feature.ConfigMapper;
import io.scenerank.keras.KerasModel;
import io.scenerank.savedmodel.SavedModelExporter;
import io.scenerank.train.AdamState;
import io.scenerank.train.Checkpoints;
import io.scenerank.train.Experiment;
import io.scenerank.train.TrainingGraph;
import io.scenerank.train.TrainingState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes an imported model as a run folder: configuration, checkpoint and SavedModel. */
final class ImportedRun {
  private final KerasModel model;
  private final ComputeOptions compute;

  ImportedRun(KerasModel model, ComputeOptions compute) {
    this.model = model;
    this.compute = compute;
  }

  void write(Path folder) throws IOException {
    Experiment experiment = model.experiment();
    Files.writeString(
        folder.resolve("config.yaml"), new ConfigMapper().toYaml(experiment.toConfig()));
    TrainingGraph.Options options =
        TrainingGraph.Options.of(experiment.training(), 0, compute.device(), compute.threads());
    try (TrainingGraph graph = new TrainingGraph(experiment.definition(), options)) {
      graph.assign(model.state());
      long step = model.state().adam().map(AdamState::step).orElse(0L);
      new Checkpoints(folder.resolve("checkpoint")).save(graph, TrainingState.imported(step));
      new SavedModelExporter()
          .export(experiment.definition(), graph, folder.resolve("saved_model"), 1, false);
    }
  }
}
