package io.scenerank.cli;

import io.scenerank.testing.ParquetTable;
import java.nio.file.Path;

/** A log of raw rows with columns of every kind, and a model that is trained on it. */
public final class RawLog {
  /** Columns of row {@code i}: tags and sizes, which are missing at times, prices, pages, times. */
  private static final String COLUMNS =
      "CASE i % 4 WHEN 0 THEN NULL ELSE '标签' || i % 5 || ';x' || i % 3 END AS tags,"
          + " i % 10 / 10.0 AS price, CASE WHEN i % 9 = 0 THEN NULL ELSE i * i % 101 END AS size,"
          + " ['home', 'search'][i % 2 + 1] AS page, i AS ts";

  private RawLog() {}

  /**
   * Writes the log as CSV.
   *
   * @param more SQL of the other columns of row {@code i}, users and items among them
   */
  public static Path write(Path file, String more, int rows) throws Exception {
    return ParquetTable.write(
        file,
        "SELECT " + more + ", " + COLUMNS + " FROM range(" + rows + ") t(i)",
        "FORMAT csv, HEADER");
  }

  /** Trains a small model on a data set that was prepared of the log. */
  public static Path train(Path data, Path run, int epochs) {
    Cli.good(
        "run",
        "pepnet",
        "--data",
        data,
        "--out",
        run,
        "--epochs",
        epochs,
        "--device",
        "cpu",
        "--set",
        "pepnet_dnn_units=[8]");
    return run;
  }
}
