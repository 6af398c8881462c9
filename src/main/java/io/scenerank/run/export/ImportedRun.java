package io.scenerank.run.export;

import io.scenerank.export.SavedModelExporter;
import io.scenerank.keras.KerasModel;
import io.scenerank.run.ComputeOptions;
import io.scenerank.train.TrainingGraph;
import io.scenerank.train.TrainingState;
import io.scenerank.train.experiment.Experiment;
import io.scenerank.train.experiment.SavedRun;
import io.scenerank.train.optimizer.AdamState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Writes an imported model as a run folder: configuration, checkpoint and SavedModel. */
public final class ImportedRun {
  private final KerasModel model;
  private final ComputeOptions compute;

  public ImportedRun(KerasModel model, ComputeOptions compute) {
    this.model = model;
    this.compute = compute;
  }

  public void write(Path folder) throws IOException {
    Experiment experiment = model.experiment();
    SavedRun.describe(folder, experiment, Optional.empty());
    TrainingGraph.Options options =
        TrainingGraph.Options.of(experiment.training(), 0, compute.device(), compute.threads());
    try (TrainingGraph graph = new TrainingGraph(experiment.definition(), options)) {
      graph.assign(model.state());
      long step = model.state().adam().map(AdamState::step).orElse(0L);
      SavedRun.checkpoints(folder).save(graph, TrainingState.imported(step));
      new SavedModelExporter()
          .export(experiment.definition(), graph, folder.resolve("saved_model"), 1, false);
    }
  }
}
