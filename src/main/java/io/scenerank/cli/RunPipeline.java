package io.scenerank.cli;

import io.scenerank.feature.Schema;
import io.scenerank.model.ModelDefinition;
import io.scenerank.train.Experiment;
import java.io.IOException;
import java.nio.file.Path;

/** Data → training → evaluation → export → reload, into one run folder. */
final class RunPipeline {
  private final Request request;
  private final Progress progress;

  /** What to run. */
  record Request(TrainingStart start, DataSource data, long seed, ComputeOptions compute) {}

  RunPipeline(Request request, Progress progress) {
    this.request = request;
    this.progress = progress;
  }

  /** Runs into the folder. */
  RunReport run(OutputFolder out) throws IOException {
    // Configuration is checked before anything is generated or read.
    Schema schema = request.data().schema();
    Experiment experiment = request.start().experiment(schema);
    request.data().requireReads(experiment.definition());
    out.requireFree(request.data().folder());
    RunReport[] report = new RunReport[1];
    out.write(temp -> report[0] = run(experiment, out.path(), temp));
    return report[0];
  }

  private RunReport run(Experiment experiment, Path out, Path folder) throws IOException {
    ModelDefinition<?> model = experiment.definition();
    TrainingData data =
        TrainingData.read(
            request
                .data()
                .open(folder, progress)
                .reading(model.layout(), model.params().taskNames()),
            experiment.training().streamsRows(),
            progress);
    TrainingStart start = request.start();
    return new TrainingRun(data, request.compute(), progress)
        .run(
            new TrainingRun.Job(experiment, request.seed(), start.model(), start.run()),
            folder,
            out)
        .report();
  }
}
