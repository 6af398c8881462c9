package io.scenerank.cli;

import io.scenerank.feature.Schema;
import io.scenerank.model.ModelType;
import io.scenerank.model.Models;
import io.scenerank.train.Experiment;
import io.scenerank.train.ExperimentReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Data → training → evaluation → export → reload, into one run folder. */
final class RunPipeline {
  private final Models models;
  private final Request request;
  private final Progress progress;

  /**
   * What to run.
   *
   * @param config YAML of the experiment
   * @param settings {@code key=value} over the YAML
   */
  record Request(
      String model,
      DataSource data,
      Optional<Path> config,
      List<String> settings,
      long seed,
      ComputeOptions compute) {}

  RunPipeline(Models models, Request request, Progress progress) {
    this.models = models;
    this.request = request;
    this.progress = progress;
  }

  /** Runs into the folder. */
  RunReport run(OutputFolder out) throws IOException {
    // Configuration is checked before anything is generated or read.
    ExperimentReader reader = new ExperimentReader(models);
    ModelType<?> type = reader.type(Optional.of(request.model()), request.config());
    Schema schema = request.data().schema();
    Experiment experiment = reader.read(type, request.config(), request.settings(), schema);
    out.requireFree(request.data().folder());
    RunReport[] report = new RunReport[1];
    out.write(temp -> report[0] = run(experiment, out.path(), temp));
    return report[0];
  }

  private RunReport run(Experiment experiment, Path out, Path folder) throws IOException {
    TrainingData data = TrainingData.read(request.data().open(folder, progress));
    return new TrainingRun(data, request.compute(), progress)
        .run(new TrainingRun.Job(experiment, request.seed(), request.model()), folder, out)
        .report();
  }
}
