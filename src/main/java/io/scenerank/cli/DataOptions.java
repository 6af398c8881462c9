package io.scenerank.cli;

import io.scenerank.config.InvalidInputException;
import io.scenerank.run.CompareRequest;
import io.scenerank.run.RunRequest;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of every command that trains on the built-in data unless other data is named. */
final class DataOptions {
  @Option(names = "--data", paramLabel = "DIR", description = "A prepared data set.")
  private @Nullable Path data;

  @Option(
      names = "--rows",
      paramLabel = "N",
      description = "Rows of the built-in data. Default: 100000.")
  private @Nullable Long rows;

  /** Trains one model on the data. */
  RunRequest request(String model) {
    requireOne();
    RunRequest request =
        data == null ? RunRequest.ofBuiltInData(model) : RunRequest.of(model, data);
    return rows == null ? request : request.withRows(rows);
  }

  /** Trains several models on the data. */
  CompareRequest request(List<String> models) {
    requireOne();
    CompareRequest request =
        data == null ? CompareRequest.ofBuiltInData(models) : CompareRequest.of(models, data);
    return rows == null ? request : request.withRows(rows);
  }

  private void requireOne() {
    if (data != null && rows != null) {
      throw new InvalidInputException("--rows is for the built-in data; leave it out with --data");
    }
  }
}
