package io.scenerank.bench;

import io.scenerank.bench.Benchmarks.BenchOptions;
import io.scenerank.bench.Benchmarks.BenchResult;
import io.scenerank.config.InvalidInputException;
import io.scenerank.model.ModelDefinition;
import io.scenerank.train.experiment.Experiment;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;

/** Times steps of training, and matrix products in turn with them. */
final class TrainingBench {
  private final BenchOptions options;
  private final ModelDefinition<?> definition;
  private final TrainingSteps.Options steps;

  /**
   * @throws InvalidInputException naming the option that is out of range
   */
  TrainingBench(BenchOptions options, BenchOptions.Steps steps) {
    this.options = options;
    Experiment experiment = options.experiment(steps.rowsOfVideoId());
    this.definition =
        steps.weighted() ? BenchModel.weighted(experiment.definition()) : experiment.definition();
    this.steps = TrainingSteps.Options.of(options, steps.of(experiment.training()), steps.rows());
  }

  /** Measures the time of a step, and its share of the machine's matrix products. */
  BenchResult measure() {
    try (TrainingSteps training = training();
        Gemm gemm = options.gemm()) {
      options.warmUp().run(training);
      return new TrainingSpeed(
          GemmShare.measure(training, gemm, options.seconds()), definition.columns().size());
    }
  }

  /**
   * Says {@code ready} once warmed up, then answers each line with a line, until {@code quit}.
   *
   * @throws InvalidInputException naming the line that asks for nothing known
   */
  void serve(BufferedReader in, PrintWriter out) throws IOException {
    try (TrainingSteps training = training();
        Gemm gemm = options.gemm()) {
      options.warmUp().run(training);
      new BenchWorker(List.of(training), gemm).serve(in, out);
    }
  }

  private TrainingSteps training() {
    return new TrainingSteps(options.name(), definition, steps);
  }
}
