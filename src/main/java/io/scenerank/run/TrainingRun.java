package io.scenerank.run;

import static java.util.stream.Collectors.joining;

import com.google.common.collect.ImmutableList;
import io.scenerank.cluster.ClusterSpec.TaskId;
import io.scenerank.cluster.chief.Chief;
import io.scenerank.cluster.chief.ClusterOptions;
import io.scenerank.cluster.wire.TrainingJob;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.DuckDb.DuckDbOptions;
import io.scenerank.data.PreparedDataset;
import io.scenerank.data.RowSource;
import io.scenerank.data.prepare.SavedEncoding;
import io.scenerank.eval.EvaluationReport;
import io.scenerank.eval.Evaluator.RankingBy;
import io.scenerank.export.SavedModelExporter;
import io.scenerank.feature.Schema;
import io.scenerank.files.AtomicFile;
import io.scenerank.model.ModelGraph;
import io.scenerank.model.Models;
import io.scenerank.report.RunMeasurement;
import io.scenerank.report.RunMeasurement.RunNumbers;
import io.scenerank.report.RunReportFiles;
import io.scenerank.run.text.Versions;
import io.scenerank.serve.RowScorer;
import io.scenerank.serve.SavedModelPredictor;
import io.scenerank.serve.Signatures;
import io.scenerank.train.Checkpoints.TableGrowth;
import io.scenerank.train.Loss.LossWeights;
import io.scenerank.train.Trainer;
import io.scenerank.train.Trainer.TrainingResult;
import io.scenerank.train.TrainingConfig;
import io.scenerank.train.TrainingGraph;
import io.scenerank.train.TrainingListener;
import io.scenerank.train.TrainingListener.TrainingStopped;
import io.scenerank.train.experiment.Experiment;
import io.scenerank.train.experiment.SavedRun;
import io.scenerank.train.log.TrainingLog;
import io.scenerank.train.optimizer.OptimizerFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;

/** Training → evaluation → export → reload and compare, into one folder. */
final class TrainingRun {
  /** Beyond this the reloaded model is not the trained one; identical graphs differ by 0. */
  private static final double RELOAD_TOLERANCE = 1e-6;

  private final TrainingData data;
  private final ComputeOptions compute;
  private final ProgressListener progress;
  private final BooleanSupplier stop;

  /**
   * What to train.
   *
   * @param seed seed of initialisers, dropout and shuffling
   * @param label what the progress calls it
   * @param from the run from whose values training continues; empty for first values
   * @param ranking the ranking metrics that are requested
   */
  record Job(
      Experiment experiment,
      long seed,
      String label,
      Optional<SavedRun> from,
      Optional<RankingBy> ranking) {
    String model() {
      return experiment.definition().type().name();
    }

    ImmutableList<String> tasks() {
      return experiment.definition().params().taskNames();
    }
  }

  // What a comparison says of its data once, not for each model and seed.
  private final Set<String> told = new HashSet<>();

  /**
   * @param stop whether the run is to end early, with {@link TrainingStopped}
   */
  TrainingRun(
      TrainingData data, ComputeOptions compute, ProgressListener progress, BooleanSupplier stop) {
    this.data = data;
    this.compute = compute;
    this.progress = progress;
    this.stop = stop;
  }

  /** Writes into a run's folder what it trains and how the data set's rows were encoded. */
  void describe(Job job, Path folder) throws IOException {
    SavedRun.describe(folder, job.experiment(), Optional.of(data.schema()));
    SavedEncoding.copy(data.folder(), folder);
  }

  /**
   * Runs, or does what is left where a part was done before.
   *
   * @param folder where the run is written, described already
   * @param out what the folder will be called in the end
   */
  RunResult run(Job job, Path folder, Path out) throws IOException {
    Experiment experiment = job.experiment();
    requireTrainable(experiment);
    progress.line(
        String.format(
            Locale.ROOT,
            "%s: %,d rows to train on%s, device %s",
            job.label(),
            data.train().size(),
            streamed(experiment.training()),
            compute.device().describe()));
    notes(experiment).stream().filter(told::add).forEach(progress::line);
    if (experiment.training().lossWeights() instanceof LossWeights.GradNorm gradnorm
        && gradnorm.layer() == null) {
      progress.line(
          "gradnorm compares the gradients of the layers "
              + String.join(", ", ModelGraph.sharedLayers(experiment.definition()).last()));
    }
    progress.start();
    return compute.cluster().isEmpty()
        ? run(job, folder, out, Optional.empty())
        : trainAsChief(job, folder, out, compute.cluster().get());
  }

  /** A cluster does not do all that one process does. */
  private void requireTrainable(Experiment experiment) {
    if (compute.cluster().isPresent()) {
      experiment.training().lossWeights().requireFixed();
    }
    experiment.definition().layout().texts().stream()
        .filter(column -> compute.cluster().isPresent())
        .findFirst()
        .ifPresent(
            column -> {
              throw new InvalidInputException(
                  String.format(
                      "model '%s' reads texts (feature '%s'), which a cluster does not send to its"
                          + " workers; expected a training on one machine",
                      experiment.definition().type().name(), column.name()));
            });
  }

  /** Columns that no model reads, most likely because their group is misspelt. */
  private ImmutableList<String> notes(Experiment experiment) {
    return Models.standard().notes(data.schema(), experiment.definition());
  }

  /** Begins again, with the newest checkpoint, as often as processes of the cluster are lost. */
  private RunResult trainAsChief(Job job, Path folder, Path out, ClusterOptions place)
      throws IOException {
    Experiment experiment = job.experiment();
    Chief chief =
        new Chief(
            place,
            ClusterMember.process(
                TaskId.chief(), place.spec(), compute.device(), compute.threads()),
            new TrainingJob(
                experiment.definition(), experiment.training(), job.seed(), data.train()),
            stop,
            progress::line);
    while (true) {
      try (Chief.Attempt attempt = chief.begin()) {
        requireNoStop();
        return run(job, folder, out, Optional.of(attempt));
      } catch (TrainingStopped e) {
        throw e;
      } catch (RuntimeException | IOException e) {
        if (!chief.isLost(e)) {
          throw e;
        }
        requireNoStop();
      }
    }
  }

  private Trainer trainer(Job job, TrainingListener listener, Optional<Chief.Attempt> cluster) {
    Experiment experiment = job.experiment();
    TrainingGraph.Options options =
        TrainingGraph.Options.of(
            experiment.training(), job.seed(), compute.device(), compute.threads());
    Schema.Scenario scenario = data.schema().scenario();
    return cluster.isPresent()
        ? new Trainer(
            experiment.definition(),
            options,
            scenario,
            listener,
            cluster.get().site(),
            cluster.get().steps())
        : new Trainer(experiment.definition(), options, scenario, listener);
  }

  /**
   * The results of a training.
   *
   * @param scores of the test rows, by task
   */
  private record Trained(
      Path exported,
      float[][] scores,
      EvaluationReport evaluation,
      RunNumbers numbers,
      RunResult.Speed speed) {}

  private RunResult run(Job job, Path folder, Path out, Optional<Chief.Attempt> cluster)
      throws IOException {
    return finish(job, folder, out, train(job, folder, out, cluster));
  }

  private Trained train(Job job, Path folder, Path out, Optional<Chief.Attempt> cluster)
      throws IOException {
    Experiment experiment = job.experiment();
    RunMeasurement measurement =
        new RunMeasurement(
            data.test(),
            data.schema().scenario(),
            place(folder, out),
            job.seed(),
            job.ranking().map(by -> by.in(data.schema())));
    try (TrainingLog log =
            TrainingLog.open(folder, experiment.training().log(), measurement.sample());
        Trainer trainer =
            trainer(job, TrainingListener.all(new EpochProgress(progress, stop), log), cluster)) {
      int step = job.from().map(run -> continueFrom(run, job, trainer)).orElse(0);
      if (isFresh(job, folder)) {
        trainer.pretrain(dataset(), progress::line);
      }
      TrainingResult result = trainer.resume(data.train(), SavedRun.checkpoints(folder), step);
      float[][] scores = trainer.predict(data.test());
      RunMeasurement.Scored scored = measurement.evaluate(experiment.definition(), scores);
      scored.evaluator().groupWarning().filter(told::add).ifPresent(progress::line);
      log.test(scored.report().overall());
      Path exported =
          new SavedModelExporter()
              .withFingerprint(data.schema().fingerprint())
              .export(
                  experiment.definition(), trainer.graph(), folder.resolve("saved_model"), 1, true);
      RunNumbers numbers =
          measurement
              .measure(experiment.definition(), trainer.graph(), scored, Versions.all())
              .withTraining(Optional.of(facts(result)));
      RunResult.Speed speed =
          new RunResult.Speed(
              result.samplesPerSecond(),
              result.epochs(),
              result.seconds(),
              trainer.graph().trainableValues());
      return new Trained(exported, scores, scored.report(), numbers, speed);
    }
  }

  /**
   * Loads the export, compares and writes the results of the run. The trained graph is closed by
   * then: large tables would lie twice in memory.
   */
  private RunResult finish(Job job, Path folder, Path out, Trained trained) throws IOException {
    RunResult report =
        new RunResult(
            job.model(),
            job.seed(),
            trained.evaluation(),
            reloadAndCompare(job, trained.exported(), trained.scores()),
            trained.speed(),
            out,
            out.resolve(folder.relativize(trained.exported())));
    AtomicFile.write(
        folder.resolve("metrics.json"), file -> Files.writeString(file, report.toJson()));
    RunReportFiles files = new RunReportFiles(folder);
    files.writeNumbers(trained.numbers());
    files.writePage(
        folder.resolve(RunReportFiles.PAGE), out.getFileName().toString(), trained.numbers());
    return report;
  }

  /** Whether tables begin with pretrained embeddings, where the data has some. */
  private boolean isFresh(Job job, Path folder) throws IOException {
    return job.from().isEmpty()
        && !data.schema().pretrained().isEmpty()
        && !SavedRun.checkpoints(folder).exist();
  }

  /** Where the data will lie in the end: perhaps in the run's own folder. */
  private String place(Path folder, Path out) {
    Path rows = data.folder();
    return (rows.startsWith(folder) ? out.resolve(folder.relativize(rows)) : rows).toString();
  }

  private RunNumbers.Training facts(TrainingResult result) {
    return new RunNumbers.Training(
        data.train().size(),
        result.epochs(),
        result.seconds(),
        result.samplesPerSecond(),
        compute.device().describe(),
        compute.threads());
  }

  private static String streamed(TrainingConfig config) {
    return config.streamsRows()
        ? String.format(Locale.ROOT, " through a buffer of %,d", config.shuffleBuffer())
        : "";
  }

  private void requireNoStop() {
    if (stop.getAsBoolean()) {
      throw new TrainingStopped();
    }
  }

  /** Takes a run's values over; returns the number of steps that they have seen. */
  private int continueFrom(SavedRun run, Job job, Trainer trainer) {
    TrainingGraph graph = trainer.graph();
    OptimizerFactory before = run.experiment().training().optimizer();
    ImmutableList<TableGrowth> grown = growth(run, job);
    int step = run.restore(graph, grown).step();
    if (!grown.isEmpty()) {
      progress.line("tables grow: " + grown.stream().map(TableGrowth::text).collect(joining(", ")));
      trainer.pretrainNew(dataset(), grown, progress::line);
    }
    lossWeights(run, graph.lossWeights()).ifPresent(progress::line);
    progress.line(
        run.keepsSlots(graph.optimizer())
            ? String.format(Locale.ROOT, "continuing from %s after %,d steps", run.folder(), step)
            : String.format(
                "continuing from the weights of %s; the %s of %s dropped, %s begins with %s",
                run.folder(),
                before.isAdam() ? "moments" : "state",
                before.key() + (before.isAdam() ? " are" : " is"),
                graph.optimizer().key(),
                graph.optimizer().isAdam() ? "new moments" : "a new state"));
    return step;
  }

  /** What becomes of the weights of the losses, where some are learned now or before. */
  private static Optional<String> lossWeights(SavedRun run, LossWeights now) {
    LossWeights before = run.experiment().training().lossWeights();
    if (!now.areLearned() && !before.areLearned()) {
      return Optional.empty();
    }
    return Optional.of(
        run.keepsLossWeights(now)
            ? "the weights of the losses continue from those that " + now.text() + " has learned"
            : String.format(
                "the weights of the losses begin afresh with %s: the run has %s",
                now.shown(), before.shown()));
  }

  private ImmutableList<TableGrowth> growth(SavedRun run, Job job) {
    return run.growth(job.experiment(), data.schema(), dataset()::idsSince);
  }

  private PreparedDataset dataset() {
    return PreparedDataset.open(data.folder(), new DuckDbOptions(compute.threads()));
  }

  private double reloadAndCompare(Job job, Path savedModel, float[][] expected) {
    RowSource test = data.test();
    ImmutableList<String> tasks = job.tasks();
    try (SavedModelPredictor predictor =
        SavedModelPredictor.load(savedModel, Signatures.SERVING_DEFAULT, compute.threads())) {
      RowScorer scorer = new RowScorer(predictor, job.experiment().training().batchSize());
      progress.start();
      float[][] scores =
          scorer.score(
              test,
              done -> {
                requireNoStop();
                progress.update("reload", done, test.size(), "rows");
              });
      double difference = 0;
      for (int task = 0; task < tasks.size(); task++) {
        float[] reloaded = scores[scorer.outputs().indexOf(tasks.get(task))];
        for (int row = 0; row < reloaded.length; row++) {
          difference = Math.max(difference, Math.abs((double) reloaded[row] - expected[task][row]));
        }
      }
      if (!(difference <= RELOAD_TOLERANCE)) {
        throw new IllegalStateException(
            "the reloaded model's predictions differ by "
                + difference
                + ", expected at most "
                + RELOAD_TOLERANCE);
      }
      return difference;
    }
  }
}
