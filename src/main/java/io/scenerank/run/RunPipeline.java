package io.scenerank.run;

import io.scenerank.data.PreparedDataset;
import io.scenerank.data.prepare.SavedEncoding;
import io.scenerank.eval.Evaluator.RankingBy;
import io.scenerank.feature.Schema;
import io.scenerank.model.ModelDefinition;
import io.scenerank.train.TrainingListener.TrainingStopped;
import io.scenerank.train.experiment.Experiment;
import io.scenerank.train.experiment.SavedRun;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** Data → training → evaluation → export → reload, into one run folder. */
final class RunPipeline {
  private final ProgressListener progress;
  private final BooleanSupplier stop;

  /**
   * What to run.
   *
   * @param ignoreEncoding whether training continues from a run although the data is encoded
   *     otherwise
   * @param ranking the ranking metrics that are requested
   */
  record Request(
      TrainingStart start,
      DataSource data,
      long seed,
      ComputeOptions compute,
      boolean ignoreEncoding,
      Optional<RankingBy> ranking) {

    /**
     * What is trained.
     *
     * @param lines hears what cannot be checked
     * @throws io.scenerank.config.InvalidInputException if the configuration is wrong, or the data
     *     lacks what the model reads or is encoded otherwise than that of the run from which
     *     training continues
     */
    Experiment experiment(Consumer<String> lines) {
      Experiment experiment = start.experiment(data.schema(), lines);
      ranking.ifPresent(by -> by.in(data.schema()));
      if (start.run().isPresent() && data.folder().isPresent()) {
        requireEncoding(
            start.run().get(),
            experiment,
            PreparedDataset.open(data.folder().get(), data.duckDb()),
            lines);
      }
      data.requireReads(experiment.definition());
      return experiment;
    }

    /** The data is encoded as the run's was, or with later generations of its vocabularies. */
    private void requireEncoding(
        SavedRun run, Experiment experiment, PreparedDataset dataset, Consumer<String> lines) {
      new EncodingCheck(ignoreEncoding, lines)
          .require(
              new EncodingCheck.Model(
                  run.folder(),
                  run.fingerprint().grownTo(dataset.schema().fingerprint()),
                  experiment.definition().columns()),
              dataset);
    }
  }

  /**
   * @param stop tells whether a run is to end early
   */
  RunPipeline(ProgressListener progress, BooleanSupplier stop) {
    this.progress = progress;
    this.stop = stop;
  }

  /**
   * Runs into the folder.
   *
   * @throws TrainingStopped if it is stopped
   */
  RunResult run(Request request, OutputFolder out) throws IOException {
    // Configuration is checked before anything is generated or read.
    List<String> unchecked = new ArrayList<>();
    Experiment experiment = request.experiment(unchecked::add);
    out.requireFree(request.data().folder());
    unchecked.forEach(progress::line);
    // Rows that are there are read before the folder appears: a wrong one leaves no run.
    Optional<TrainingData> given =
        request.data().folder().isPresent()
            ? Optional.of(read(request.data(), experiment, request.ranking(), out.path()))
            : Optional.empty();
    Schema schema = given.map(TrainingData::schema).orElseGet(request.data()::schema);
    RunOrigin origin = RunOrigin.of(request);
    TrainingRun.Job job =
        new TrainingRun.Job(
            experiment,
            request.seed(),
            request.start().model(),
            request.start().run(),
            request.ranking());
    try (RunAtWork work =
        RunAtWork.begin(
            out,
            folder -> {
              SavedRun.describe(folder, experiment, Optional.of(schema));
              if (given.isPresent()) {
                SavedEncoding.copy(given.get().folder(), folder);
              }
              origin.write(folder, out.path());
              if (request.compute().cluster().isPresent()) {
                origin.keep(folder);
              }
            })) {
      return complete(work, job, request.compute(), request.data(), given);
    }
  }

  /**
   * Does what is left of a run. If it fails after a checkpoint was written, the run folder stays
   * and a line says how to resume; if it fails earlier, the folder is deleted.
   *
   * @param data where the rows are
   * @param given the rows, where they are read already
   */
  RunResult complete(
      RunAtWork work,
      TrainingRun.Job job,
      ComputeOptions compute,
      DataSource data,
      Optional<TrainingData> given)
      throws IOException {
    boolean succeeded = false;
    try {
      TrainingData rows =
          given.isPresent()
              ? given.get()
              : read(data, job.experiment(), job.ranking(), work.folder());
      RunResult report =
          new TrainingRun(rows, compute, progress, stop).run(job, work.folder(), work.out());
      work.finish();
      succeeded = true;
      return report;
    } finally {
      if (!succeeded) {
        leave(work, compute);
      }
    }
  }

  private void leave(RunAtWork work, ComputeOptions compute) throws IOException {
    if (work.hasCheckpoint()) {
      progress.line(
          String.format(
              "%s is unfinished; to resume it: %s",
              work.folder(),
              compute.cluster().isPresent()
                  ? "the same command"
                  : SavedRun.resumeCommand(work.out())));
    } else {
      work.discard();
    }
  }

  private void requireNoStop() {
    if (stop.getAsBoolean()) {
      throw new TrainingStopped();
    }
  }

  private TrainingData read(
      DataSource data, Experiment experiment, Optional<RankingBy> ranking, Path folder)
      throws IOException {
    ModelDefinition<?> model = experiment.definition();
    PreparedDataset dataset = data.open(folder, progress, this::requireNoStop);
    return TrainingData.read(
        dataset.reading(
            model.layout(),
            model.params().taskNames(),
            ranking.map(by -> by.in(dataset.schema()).column())),
        experiment.training().streamsRows(),
        progress,
        this::requireNoStop);
  }
}
