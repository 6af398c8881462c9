package io.scenerank.cli;

import io.scenerank.bench.Benchmarks.BenchOptions;
import io.scenerank.bench.Benchmarks.BenchResult;
import io.scenerank.config.InvalidInputException;
import io.scenerank.model.Models;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which model a benchmark times, how long, and from which seed. */
final class BenchModelOptions {
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
      description =
          "How long to time each measurement, after the warm-up. Default: ${DEFAULT-VALUE}.")
  private double seconds;

  @Option(
      names = "--warm-up",
      paramLabel = "S",
      defaultValue = "3",
      description = "The shortest warm-up of each measurement. Default: ${DEFAULT-VALUE}.")
  private double warmUp;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Seed of rows, initialisers and dropout. Default: ${DEFAULT-VALUE}.")
  long seed;

  /**
   * Checks the times, which come before what a command's own options say.
   *
   * @throws InvalidInputException naming the option that is out of range
   */
  void check() {
    if (!(seconds > 0) || !Double.isFinite(seconds)) {
      throw new InvalidInputException("--seconds is " + seconds + ", expected more than 0");
    }
    if (!(warmUp >= 0) || !Double.isFinite(warmUp)) {
      throw new InvalidInputException("--warm-up is " + warmUp + ", expected 0 or more");
    }
  }

  /** The options of a benchmark, checked before. */
  BenchOptions options(RuntimeOptions.Compute compute) {
    return options(compute, Optional.empty());
  }

  /** The options of a benchmark that may time the model of a run. */
  BenchOptions options(RuntimeOptions.Compute compute, Optional<Path> run) {
    return new BenchOptions(
        Models.standard().get(model),
        run,
        seconds,
        warmUp,
        seed,
        compute.device(),
        compute.threads());
  }

  /** Prints what a benchmark measured. */
  static void print(BenchResult result, boolean json, PrintWriter out) {
    if (json) {
      out.println(result.toJson());
    } else {
      out.print(result.toText());
    }
  }
}
