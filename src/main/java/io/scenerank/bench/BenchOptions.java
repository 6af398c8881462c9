package io.scenerank.bench;

import com.google.common.collect.ImmutableSet;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.model.ModelType;
import io.scenerank.train.Device;
import io.scenerank.train.TrainingConfig;
import io.scenerank.train.experiment.Experiment;
import io.scenerank.train.experiment.ExperimentReader.Registry;
import io.scenerank.train.experiment.SavedRun;
import io.scenerank.train.optimizer.OptimizerFactory.OptimizerType;
import java.nio.file.Path;
import java.util.Optional;

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
   * @param userFeatures names of a run's inputs that are the user's; none if its candidates are not
   *     timed
   * @param savedModel a SavedModel of the same columns, of any library; an own export if empty
   */
  public record Requests(
      int candidates, ImmutableSet<String> userFeatures, Optional<Path> savedModel) {}

  /**
   * The model that is timed, and how it is trained.
   *
   * @param rowsOfVideoId rows of the table {@code video_id}, unless a run says what its tables are
   */
  Experiment experiment(int rowsOfVideoId) {
    return run.map(BenchOptions::experiment)
        .orElseGet(() -> new Experiment(BenchModel.of(type, rowsOfVideoId), BenchModel.training()));
  }

  private static Experiment experiment(Path run) {
    Experiment experiment = SavedRun.experiment(run, Registry.standard());
    for (FeatureColumn text : experiment.definition().layout().texts()) {
      throw new InvalidInputException(
          run + ": column '" + text.name() + "' has texts, expected columns of ids and of numbers");
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
