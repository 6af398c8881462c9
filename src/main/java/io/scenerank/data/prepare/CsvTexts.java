package io.scenerank.data.prepare;

import com.google.common.collect.ImmutableList;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.DuckDb;
import io.scenerank.feature.EncodingFingerprint;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;

/**
 * CSV rows without a description, whose values stay the texts that they are, for a reader that
 * knows their types. No line is lost silently, as with a description.
 */
final class CsvTexts {
  private CsvTexts() {}

  /**
   * Writes the rows of CSV files as Parquet, in their order: a column of texts for each of their
   * columns.
   *
   * @param work an empty folder for temporary files, which the caller deletes
   * @return lines about the rows that people should read
   * @throws InvalidInputException if a line is not a row, or the file is empty
   */
  static ImmutableList<String> write(
      SourceFiles files, PrepareOptions options, Path work, Path target) throws IOException {
    DuckDb.Access access =
        DuckDb.Access.NONE.withFiles(files.files()).withFiles(ImmutableList.of(target));
    try (WorkDatabase database = new WorkDatabase(options, work, access)) {
      FileSource source = new FileSource(files, CsvDescription.DEFAULT).withQuotesFound(database);
      write(database, source, target);
      source.requireAll(
          database, database.number("SELECT count(*) FROM " + WorkDatabase.rows(target)));
      return database.notes();
    } catch (SQLException e) {
      throw new IOException(files + ": " + DuckDb.reason(e), e);
    }
  }

  private static void write(WorkDatabase database, FileSource source, Path target)
      throws SQLException, IOException {
    try {
      database.write(
          "SELECT * FROM " + source.relation(database),
          target,
          EncodingFingerprint.NONE,
          source.reading());
    } catch (SQLException e) {
      source.requireReadable(e);
      throw e;
    }
  }
}
