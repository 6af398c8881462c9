package io.scenerank.cli;

import io.scenerank.bench.BenchModel;
import io.scenerank.bench.TrainingSteps;
import io.scenerank.bench.WarmUp;
import io.scenerank.config.InvalidInputException;
import io.scenerank.model.ModelDefinition;
import io.scenerank.model.ModelType;
import io.scenerank.model.Models;
import io.scenerank.train.optimizer.OptimizerType;
import picocli.CommandLine.Option;

/** Which model a benchmark times, how long, and from which seed. */
final class BenchModelOptions {
  private static final int BATCH_SIZE = 1024;

  @Option(
      names = "--model",
      paramLabel = "MODEL",
      defaultValue = "pepnet",
      completionCandidates = CompareCommand.ModelNames.class,
      description = "The model: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  private String model;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      defaultValue = "10",
      description = "How long to time each thing, after the warm-up. Default: ${DEFAULT-VALUE}.")
  private double seconds;

  @Option(
      names = "--warm-up",
      paramLabel = "S",
      defaultValue = "3",
      description = "How long to warm up each thing, at least. Default: ${DEFAULT-VALUE}.")
  private double warmUp;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Seed of rows, initialisers and dropout. Default: ${DEFAULT-VALUE}.")
  long seed;

  ModelType<?> type() {
    return Models.standard().get(model);
  }

  ModelDefinition<?> definition() {
    return BenchModel.of(type());
  }

  /** The model with this many rows in the table video_id. */
  ModelDefinition<?> definition(int rowsOfVideoId) {
    return BenchModel.of(type(), rowsOfVideoId);
  }

  /**
   * How to train it as the library does by default, on this many rows in memory.
   *
   * @param compute where
   */
  TrainingSteps.Options steps(int rows, RuntimeOptions.Compute compute) {
    return new TrainingSteps.Options(
        OptimizerType.LAZY_ADAM, BATCH_SIZE, rows, seed, compute.device(), compute.threads());
  }

  double seconds() {
    if (!(seconds > 0) || !Double.isFinite(seconds)) {
      throw new InvalidInputException("--seconds is " + seconds + ", expected more than 0");
    }
    return seconds;
  }

  WarmUp warmUp() {
    if (!(warmUp >= 0) || !Double.isFinite(warmUp)) {
      throw new InvalidInputException("--warm-up is " + warmUp + ", expected 0 or more");
    }
    return new WarmUp(warmUp);
  }
}
