package io.scenerank.data;

import static com.google.common.base.Preconditions.checkArgument;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;

/** Writes predictions to a Parquet file: one FLOAT column a task, one row a row. */
public final class ParquetScores {
  private static final String TABLE = "scores";

  private ParquetScores() {}

  /**
   * Writes the file whole or not at all; an existing one is replaced at the end.
   *
   * @param scores [T][n], in the order of {@code tasks}
   * @throws IOException if the file cannot be written
   */
  public static void write(Path file, List<String> tasks, float[][] scores) throws IOException {
    checkArgument(
        !tasks.isEmpty() && tasks.size() == scores.length,
        "%s tasks but scores of %s",
        tasks.size(),
        scores.length);
    for (float[] column : scores) {
      checkArgument(
          column.length == scores[0].length,
          "scores of %s and of %s rows",
          scores[0].length,
          column.length);
    }
    AtomicFile.write(file, temp -> writeTo(temp, tasks, scores));
  }

  private static void writeTo(Path file, List<String> tasks, float[][] scores) throws IOException {
    String columns =
        tasks.stream().map(t -> DuckDb.name(t) + " FLOAT").collect(Collectors.joining(", "));
    try (DuckDBConnection connection =
        DuckDb.open(DuckDbOptions.DEFAULT, Optional.empty(), FileAccess.file(file))) {
      DuckDb.execute(connection, "CREATE TABLE " + TABLE + " (" + columns + ")");
      try (DuckDBAppender appender = connection.createAppender(TABLE)) {
        for (int row = 0; row < scores[0].length; row++) {
          appender.beginRow();
          for (float[] column : scores) {
            appender.append(column[row]);
          }
          appender.endRow();
        }
      }
      DuckDb.copyToParquet(connection, "SELECT * FROM " + TABLE, file);
    } catch (SQLException e) {
      throw DuckDb.failure(file, e);
    }
  }
}
