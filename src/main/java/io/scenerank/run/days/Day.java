package io.scenerank.run.days;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.google.common.hash.Hashing;
import com.google.common.io.MoreFiles;
import io.scenerank.data.PreparedDataset;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The data set of a day.
 *
 * @param name of its folder
 * @param files what is kept of it to know it again
 */
record Day(String name, PreparedDataset data, Stamp files) {

  /**
   * Tells a data set from another of the same day without reading its rows.
   *
   * @param schema SHA-256 of the schema, which has digests of the vocabularies
   * @param train bytes of the rows to train on
   * @param test bytes of the rows to test on
   */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  record Stamp(String schema, long train, long test) {
    static Stamp of(Path folder) throws IOException {
      return new Stamp(
          MoreFiles.asByteSource(folder.resolve(PreparedDataset.SCHEMA))
              .hash(Hashing.sha256())
              .toString(),
          Files.size(folder.resolve(PreparedDataset.TRAIN)),
          Files.size(folder.resolve(PreparedDataset.TEST)));
    }
  }

  /**
   * @throws io.scenerank.config.InvalidInputException if the folder is not a prepared data set
   */
  static Day of(Path folder) throws IOException {
    return new Day(folder.getFileName().toString(), PreparedDataset.open(folder), Stamp.of(folder));
  }

  Path folder() {
    return data.folder();
  }
}
