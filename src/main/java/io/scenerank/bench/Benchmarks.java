package io.scenerank.bench;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.DuckDb.DuckDbOptions;
import io.scenerank.data.synthetic.SyntheticSource.SyntheticOptions;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.model.ModelType;
import io.scenerank.train.Device;
import io.scenerank.train.TrainingConfig;
import io.scenerank.train.experiment.Experiment;
import io.scenerank.train.experiment.ExperimentReader.Registry;
import io.scenerank.train.experiment.SavedRun;
import io.scenerank.train.optimizer.OptimizerFactory.OptimizerType;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Runs the benchmarks: training, predictions, tables of several sizes, the way of rows to training.
 */
public final class Benchmarks {
  /**
   * What every benchmark is told.
   *
   * @param type the model
   * @param run a run folder whose model is timed instead, with its own columns and training
   * @param seconds how long to time each thing, after the warm-up
   * @param warmUpSeconds how long to warm up each thing, at least
   * @param seed of rows, initialisers and dropout
   * @param device where to compute
   * @param threads threads of TensorFlow; 0 for one a core
   */
  public record BenchOptions(
      ModelType<?> type,
      Optional<Path> run,
      double seconds,
      double warmUpSeconds,
      long seed,
      Device device,
      int threads) {
    /**
     * What a step of training is.
     *
     * @param optimizer another one than that of the model's training
     * @param batchSize rows a step
     * @param rows rows of an epoch, a multiple of {@code batchSize}
     * @param rowsOfVideoId rows of the table {@code video_id}
     * @param weighted whether rows have weights and lack a quarter of their labels
     */
    public record Steps(
        Optional<OptimizerType> optimizer,
        int batchSize,
        int rows,
        int rowsOfVideoId,
        boolean weighted) {

      /** A training with these steps. */
      TrainingConfig of(TrainingConfig training) {
        if (batchSize < 1) {
          throw new InvalidInputException("--batch-size is " + batchSize + ", expected at least 1");
        }
        ConfigMapper mapper = new ConfigMapper();
        TrainingConfig sized =
            mapper.merge(
                training,
                TrainingConfig.class,
                mapper.newObject().put("batch_size", batchSize),
                "--batch-size");
        return optimizer.map(sized::withOptimizer).orElse(sized);
      }
    }

    /**
     * What predictions are requested.
     *
     * @param candidates of a user
     * @param userFeatures names of a run's inputs that are the user's; none if its candidates are
     *     not timed
     * @param savedModel a SavedModel of the same columns, of any library; an own export if empty
     */
    public record Requests(
        int candidates, ImmutableSet<String> userFeatures, Optional<Path> savedModel) {}

    /**
     * The model that is timed, and how it is trained.
     *
     * @param rowsOfVideoId rows of the table {@code video_id}, unless a run says what its tables
     *     are
     */
    Experiment experiment(int rowsOfVideoId) {
      return run.map(BenchOptions::experiment)
          .orElseGet(
              () -> new Experiment(BenchModel.of(type, rowsOfVideoId), BenchModel.training()));
    }

    private static Experiment experiment(Path run) {
      Experiment experiment = SavedRun.experiment(run, Registry.standard());
      for (FeatureColumn text : experiment.definition().layout().texts()) {
        throw new InvalidInputException(
            run
                + ": column '"
                + text.name()
                + "' has texts, expected columns of ids and of numbers");
      }
      return experiment;
    }

    /** How results call the model. */
    String name() {
      return run.map(Path::getFileName).map(Path::toString).orElseGet(type::name);
    }

    WarmUp warmUp() {
      return new WarmUp(warmUpSeconds);
    }

    Gemm gemm() {
      return new Gemm(device, threads);
    }
  }

  private final BenchOptions options;

  /**
   * @param options what every benchmark is told
   */
  public Benchmarks(BenchOptions options) {
    this.options = options;
  }

  /**
   * Times steps of training, and matrix products in turn with them.
   *
   * @throws io.scenerank.config.InvalidInputException naming the option that is out of range
   */
  public BenchResult training(BenchOptions.Steps steps) {
    return new TrainingBench(options, steps).measure();
  }

  /**
   * Times steps of training when it is asked to: says {@code ready} once warmed up, then answers
   * each line with a line, until {@code quit}.
   *
   * @throws io.scenerank.config.InvalidInputException naming the option that is out of range, or
   *     the line that asks for nothing known
   */
  public void serveTraining(BenchOptions.Steps steps, BufferedReader in, PrintWriter out)
      throws IOException {
    new TrainingBench(options, steps).serve(in, out);
  }

  /**
   * Times predictions: a row at once, candidates of one user, and the time from the start of a JVM
   * to its first prediction.
   *
   * @param firstPrediction a main class that predicts with the model of its argument and prints a
   *     line
   * @param coldStarts how many JVMs to start
   */
  public BenchResult inference(
      BenchOptions.Requests requests, Class<?> firstPrediction, int coldStarts) throws IOException {
    return new InferenceBench(options, requests).measure(firstPrediction, coldStarts);
  }

  /**
   * Times predictions when it is asked to, as {@link #serveTraining} times steps.
   *
   * @throws io.scenerank.config.InvalidInputException naming the line that asks for nothing known
   */
  public void serveInference(BenchOptions.Requests requests, BufferedReader in, PrintWriter out)
      throws IOException {
    new InferenceBench(options, requests).serve(in, out);
  }

  /**
   * Trains a model with tables of several sizes in turn.
   *
   * @param sizes rows of {@code video_id}, ascending; ratios are to the first
   */
  public BenchResult vocabulary(ImmutableList<Integer> sizes) {
    return new VocabularyBench(options).measure(sizes);
  }

  /**
   * Prepares, reads and batches the built-in data, and trains, in turn.
   *
   * @param data what to prepare
   * @param rounds how many count; one more before them does not
   */
  public BenchResult input(SyntheticOptions data, DuckDbOptions duckDb, int rounds)
      throws IOException {
    return new InputBench(options, data, duckDb).measure(rounds);
  }

  /** What a benchmark measured. */
  public interface BenchResult {
    /** A table for a terminal. */
    String toText();

    /** One JSON object. */
    default String toJson() {
      return new ConfigMapper().toJson(this);
    }
  }
}
