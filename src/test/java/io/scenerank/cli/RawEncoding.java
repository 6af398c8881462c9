package io.scenerank.cli;

import io.scenerank.data.DuckDb.DuckDbOptions;
import io.scenerank.data.prepare.PrepareOptions;
import io.scenerank.data.prepare.RawData;
import io.scenerank.data.prepare.SavedEncoding;
import io.scenerank.data.prepare.SavedEncoding.RawReport;
import io.scenerank.testing.ParquetTable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** Encodes raw rows as {@code predict} does, with a prepared data set instead of a run. */
final class RawEncoding {
  private final Path temp;
  private RawReport report;

  /**
   * @param temp a folder for temporary files
   */
  RawEncoding(Path temp) {
    this.temp = temp;
  }

  /** The features of all rows, a text each with bars between the values. */
  List<String> rows(Path data, Object source, String... features) throws Exception {
    Path work = Files.createTempDirectory(temp, "work");
    Path target = work.resolve("encoded.parquet");
    PrepareOptions options =
        new PrepareOptions(DuckDbOptions.DEFAULT, "", (step, done, total, unit) -> {});
    report =
        SavedEncoding.open(data, options)
            .encode(RawData.files(source.toString()), Set.of(features), work, target);
    return ParquetTable.rows(target, "SELECT " + String.join(", ", features) + " FROM %s");
  }

  /** What the last encoding came to. */
  RawReport report() {
    return report;
  }
}
