package io.scenerank.cli;

import io.scenerank.testing.ParquetTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * A data set and a run as somebody hands them over. They are made once; tests change copies.
 *
 * @param folder holds {@code data}, {@code run} and {@code raw.csv}
 */
record HandedOver(Path folder) {
  static final String DATA = "data";
  static final String RUN = "run";

  /** Prepares and trains. */
  static HandedOver in(Path folder) throws Exception {
    HandedOver made = new HandedOver(folder);
    Files.writeString(folder.resolve("cities.csv"), "user,city\nu1,Rome\nu2,Oslo\n");
    ParquetTable.write(
        made.raw(),
        "SELECT 'u' || i % 5 AS user, CASE i WHEN 3 THEN 'rare' ELSE 'i' || i % 7 END AS item,"
            + " i % 2 AS page, i AS ts, i % 3 = 0 AS click FROM range(100) t(i)",
        "FORMAT csv, HEADER");
    Path yaml =
        Files.writeString(
            folder.resolve("prepare.yaml"),
            """
            labels: {clicked: click}
            scenario: page
            user: user
            split: {by: time, column: ts}
            joins: [{file: cities.csv, on: user}]
            columns: [{name: item, min_count: 2}, {name: city}]
            """);
    Cli.good("prepare", made.raw(), "--config", yaml, "--out", folder.resolve(DATA));
    Cli.good(
        "train",
        "--data",
        folder.resolve(DATA),
        "--model",
        "shared_bottom",
        "--out",
        folder.resolve(RUN),
        "--epochs",
        1,
        "--device",
        "cpu");
    return made;
  }

  /** Rows of which the data set was prepared. */
  Path raw() {
    return folder.resolve("raw.csv");
  }

  /** Copies {@link #DATA} or {@link #RUN} into a folder, under the same name. */
  Path copy(String name, Path into) throws IOException {
    Path from = folder.resolve(name);
    Path to = into.resolve(name);
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
    return to;
  }
}
