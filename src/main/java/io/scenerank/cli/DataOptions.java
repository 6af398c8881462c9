package io.scenerank.cli;

import io.scenerank.config.InvalidInputException;
import io.scenerank.data.DuckDbOptions;
import io.scenerank.data.synthetic.SyntheticOptions;
import io.scenerank.run.DataSource;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Options of every command that trains on the built-in data unless other data is named. */
final class DataOptions {
  @Option(names = "--data", paramLabel = "DIR", description = "A prepared data set.")
  private Path data;

  @Option(
      names = "--rows",
      paramLabel = "N",
      description = "Rows of the built-in data. Default: 100000.")
  private Long rows;

  DataSource source(DuckDbOptions duckDb) {
    if (data != null && rows != null) {
      throw new InvalidInputException("--rows is for the built-in data; leave it out with --data");
    }
    long dataRows = rows == null ? SyntheticOptions.DEFAULT.rows() : rows;
    return new DataSource(
        Optional.ofNullable(data),
        new SyntheticOptions(dataRows, SyntheticOptions.DEFAULT.seed()),
        duckDb);
  }
}
