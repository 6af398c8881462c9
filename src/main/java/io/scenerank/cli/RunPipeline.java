package io.scenerank.cli;

import com.google.common.collect.ImmutableList;
import io.scenerank.data.AtomicFolder;
import io.scenerank.data.DuckDbOptions;
import io.scenerank.data.PackedRows;
import io.scenerank.data.PreparedDataset;
import io.scenerank.data.synthetic.SyntheticOptions;
import io.scenerank.data.synthetic.SyntheticSource;
import io.scenerank.eval.EvaluationData;
import io.scenerank.eval.EvaluationReport;
import io.scenerank.eval.Evaluator;
import io.scenerank.feature.ConfigMapper;
import io.scenerank.feature.InvalidInputException;
import io.scenerank.feature.Schema;
import io.scenerank.model.ModelType;
import io.scenerank.model.Models;
import io.scenerank.savedmodel.RowScorer;
import io.scenerank.savedmodel.SavedModelExporter;
import io.scenerank.savedmodel.SavedModelPredictor;
import io.scenerank.train.Checkpoints;
import io.scenerank.train.Device;
import io.scenerank.train.Devices;
import io.scenerank.train.Experiment;
import io.scenerank.train.ExperimentReader;
import io.scenerank.train.Trainer;
import io.scenerank.train.TrainingGraph;
import io.scenerank.train.TrainingListener;
import io.scenerank.train.TrainingResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Data → training → evaluation → export → reload, into one run folder. */
final class RunPipeline {
  /** Beyond this the reloaded model is not the trained one; identical graphs differ by 0. */
  private static final double RELOAD_TOLERANCE = 1e-6;

  private final ConfigMapper mapper = new ConfigMapper();
  private final Models models;
  private final Request request;
  private final Progress progress;

  /**
   * What to run.
   *
   * @param data a prepared data set; empty for the built-in data
   * @param synthetic size and seed of the built-in data
   * @param config YAML of the experiment
   * @param settings {@code key=value} over the YAML
   */
  record Request(
      String model,
      Optional<Path> data,
      SyntheticOptions synthetic,
      Optional<Path> config,
      List<String> settings,
      long seed,
      Device device,
      int threads) {}

  RunPipeline(Models models, Request request, Progress progress) {
    this.models = models;
    this.request = request;
    this.progress = progress;
  }

  /**
   * @param out the run folder; it appears whole or not at all
   * @param force whether an existing one is replaced after success
   */
  RunReport run(Path out, boolean force) throws IOException {
    // Configuration is checked before anything is generated or read.
    ExperimentReader reader = new ExperimentReader(models);
    ModelType<?> type = reader.type(Optional.of(request.model()), request.config());
    Schema schema =
        request
            .data()
            .map(folder -> PreparedDataset.open(folder, duckDb()).schema())
            .orElseGet(() -> new SyntheticSource(request.synthetic()).schema());
    Experiment experiment = reader.read(type, request.config(), request.settings(), schema);
    if (!force && Files.exists(out, LinkOption.NOFOLLOW_LINKS)) {
      throw new InvalidInputException(out + ": exists already; replace it with --force");
    }
    if (request.data().isPresent() && Files.exists(out)) {
      requireOutside(request.data().get(), out);
    }
    RunReport[] report = new RunReport[1];
    AtomicFolder.write(out, force, temp -> report[0] = run(experiment, out, temp));
    return report[0];
  }

  /** A run that replaces its own data would leave nobody with any. */
  private static void requireOutside(Path data, Path out) throws IOException {
    if (data.toRealPath().startsWith(out.toRealPath())) {
      throw new InvalidInputException(
          out + ": holds the data set " + data + ", which --force would replace");
    }
  }

  private RunReport run(Experiment experiment, Path out, Path folder) throws IOException {
    PreparedDataset dataset = PreparedDataset.open(data(folder), duckDb());
    Files.writeString(folder.resolve("config.yaml"), mapper.toYaml(experiment.toConfig()));
    Files.writeString(
        folder.resolve("schema.json"), mapper.toJson(dataset.schema()) + System.lineSeparator());
    TrainingGraph.Options options =
        TrainingGraph.Options.of(
            experiment.training(), request.seed(), request.device(), request.threads());
    PackedRows train = dataset.train();
    // Read before the training, so that a wrong row does not cost one.
    PackedRows test = dataset.test();
    progress.line(
        String.format(
            Locale.ROOT,
            "%s: %,d rows to train on, device %s",
            experiment.definition().type().name(),
            train.size(),
            new Devices().describe(request.device())));
    progress.start();
    try (Trainer trainer =
        new Trainer(
            experiment.definition(), options, dataset.schema().scenario(), new Listener())) {
      TrainingResult result = trainer.fit(train, new Checkpoints(folder.resolve("checkpoint")));
      float[][] scores = trainer.predict(test);
      ImmutableList<String> tasks = experiment.definition().params().taskNames();
      EvaluationReport evaluation =
          new Evaluator(EvaluationData.of(test, tasks, dataset.schema().scenario()))
              .evaluate(scores);
      Path exported =
          new SavedModelExporter()
              .export(
                  experiment.definition(),
                  trainer.graph(),
                  folder.resolve("saved_model"),
                  1,
                  false);
      double difference =
          reloadAndCompare(exported, test, tasks, scores, experiment.training().batchSize());
      RunReport report =
          new RunReport(
              experiment.definition().type().name(),
              request.seed(),
              evaluation,
              difference,
              result.samplesPerSecond(),
              result.epochs(),
              out,
              out.resolve(folder.relativize(exported)));
      Files.writeString(folder.resolve("metrics.json"), report.toJson());
      return report;
    }
  }

  private Path data(Path folder) throws IOException {
    if (request.data().isPresent()) {
      return request.data().get();
    }
    Path data = folder.resolve("data");
    long rows = request.synthetic().rows();
    progress.start();
    new SyntheticSource(request.synthetic())
        .write(data, false, duckDb(), done -> progress.update("data", done, rows, "rows"));
    return data;
  }

  private double reloadAndCompare(
      Path savedModel,
      PackedRows test,
      ImmutableList<String> tasks,
      float[][] expected,
      int batchSize) {
    try (SavedModelPredictor predictor =
        SavedModelPredictor.load(
            savedModel, SavedModelPredictor.SERVING_DEFAULT, request.threads())) {
      RowScorer scorer = new RowScorer(predictor, batchSize);
      progress.start();
      float[][] scores =
          scorer.score(test, done -> progress.update("reload", done, test.size(), "rows"));
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

  private DuckDbOptions duckDb() {
    return new DuckDbOptions(request.threads());
  }

  private final class Listener implements TrainingListener {
    @Override
    public void onStep(StepResult step) {
      progress.update(
          String.format(
              Locale.ROOT, "epoch %d/%d  loss %.4f", step.epoch(), step.epochs(), step.loss()),
          step.rows(),
          step.rowsOfEpoch(),
          "samples");
    }

    @Override
    public void onEpoch(EpochResult epoch) {
      String validation =
          epoch
              .validation()
              .filter(metrics -> metrics.aucMacro().isPresent())
              .map(
                  metrics ->
                      String.format(
                          Locale.ROOT,
                          "  validation auc_macro %.4f",
                          metrics.aucMacro().getAsDouble()))
              .orElse("");
      progress.line(
          String.format(
              Locale.ROOT,
              "epoch %d  loss %.4f  %,.0f samples/s%s",
              epoch.epoch(),
              epoch.loss(),
              epoch.samplesPerSecond(),
              validation));
      progress.start();
    }
  }
}
