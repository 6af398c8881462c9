package io.scenerank.data.prepare;

import com.google.common.collect.ImmutableList;
import io.scenerank.config.InvalidInputException;
import io.scenerank.feature.DefaultGroups;
import java.io.IOException;
import java.util.Optional;

/**
 * A guess at what raw rows are.
 *
 * @param yaml a description with comments, as a file of it would say it
 * @param notes lines that people should read
 * @param problem why rows cannot be prepared with it as it is; empty where they can
 */
public record GuessedDescription(
    String yaml, ImmutableList<String> notes, Optional<String> problem) {

  /**
   * Guesses a description of files.
   *
   * @param csv how CSV files are written
   * @param groups that columns get, so that models read them
   * @throws InvalidInputException if the files cannot be read as tables or have no rows
   * @throws IOException if the disk or the memory does not suffice
   */
  public static GuessedDescription of(
      RawData rows, CsvDescription csv, PrepareOptions options, DefaultGroups groups)
      throws IOException {
    return new Guess(options, groups).of(rows.files(), csv);
  }
}
