package io.scenerank.cli;

import io.scenerank.bench.BenchModel;
import io.scenerank.feature.InvalidInputException;
import io.scenerank.model.ModelDefinition;
import io.scenerank.model.Models;
import java.util.OptionalInt;
import picocli.CommandLine.Option;

/** Options of every benchmark of a model. */
final class BenchOptions {
  @Option(
      names = "--model",
      paramLabel = "MODEL",
      defaultValue = "pepnet",
      completionCandidates = CompareCommand.ModelNames.class,
      description = "The model: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  private String model;

  @Option(
      names = "--rows-of-video-id",
      paramLabel = "N",
      description = "Rows of the table video_id, that of the videos. Default: 100000.")
  private Integer rowsOfVideoId;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      defaultValue = "10",
      description = "How long to time, after the warm-up. Default: ${DEFAULT-VALUE}.")
  private double seconds;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Seed of rows, initialisers and dropout. Default: ${DEFAULT-VALUE}.")
  long seed;

  @Option(
      names = "--worker",
      description =
          "Say 'ready' once warmed up, and time what lines on standard input ask for: window"
              + " SECONDS, gemm SECONDS, memory, quit.")
  boolean worker;

  ModelDefinition<?> definition() {
    OptionalInt rows = rowsOfVideoId == null ? OptionalInt.empty() : OptionalInt.of(rowsOfVideoId);
    return BenchModel.of(Models.standard().get(model), rows);
  }

  double seconds() {
    if (!(seconds > 0) || !Double.isFinite(seconds)) {
      throw new InvalidInputException("--seconds is " + seconds + ", expected more than 0");
    }
    return seconds;
  }
}
