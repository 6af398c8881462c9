package io.scenerank.keras;

import io.scenerank.export.SavedModelExporter;
import io.scenerank.train.Device;
import io.scenerank.train.TrainingGraph;
import io.scenerank.train.TrainingState;
import io.scenerank.train.TrainingState.TrainedState;
import io.scenerank.train.experiment.Experiment;
import io.scenerank.train.experiment.SavedRun;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Writes an imported model as a run folder: configuration, checkpoint and SavedModel. */
final class ImportedRun {
  private final Experiment experiment;
  private final TrainedState state;
  private final Device device;
  private final int threads;

  /**
   * @param threads threads of TensorFlow; 0 for one a core
   */
  ImportedRun(Experiment experiment, TrainedState state, Device device, int threads) {
    this.experiment = experiment;
    this.state = state;
    this.device = device;
    this.threads = threads;
  }

  void write(Path folder) throws IOException {
    SavedRun.describe(folder, experiment, Optional.empty());
    TrainingGraph.Options options =
        TrainingGraph.Options.of(experiment.training(), 0, device, threads);
    try (TrainingGraph graph = new TrainingGraph(experiment.definition(), options)) {
      graph.assign(state);
      long step = state.step();
      SavedRun.checkpoints(folder).save(graph, TrainingState.imported(step));
      new SavedModelExporter()
          .export(experiment.definition(), graph, folder.resolve("saved_model"), 1, false);
    }
  }
}
