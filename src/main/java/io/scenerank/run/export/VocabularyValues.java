package io.scenerank.run.export;

import static java.util.Objects.requireNonNull;

import io.scenerank.config.InvalidInputException;
import io.scenerank.data.DuckDb;
import io.scenerank.data.DuckDb.DuckDbOptions;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import java.util.Optional;
import org.duckdb.DuckDBChunkedResult;
import org.duckdb.DuckDBColumnType;
import org.duckdb.DuckDBConnection;
import org.duckdb.DuckDBDataChunkReader;
import org.duckdb.DuckDBPreparedStatement;
import org.duckdb.DuckDBReadableVector;
import org.duckdb.DuckDBWritableVector;
import org.jspecify.annotations.Nullable;

/** The values of a vocabulary, in the order of their ids. */
final class VocabularyValues implements IdValues {
  private final Path file;
  private final long rows;
  private final DuckDBConnection connection;
  private final DuckDBPreparedStatement statement;
  private final DuckDBChunkedResult result;
  private final boolean texts;
  private @Nullable DuckDBDataChunkReader chunk;
  private long place;
  private int id;

  private VocabularyValues(Path file, long rows, DuckDBConnection connection) throws SQLException {
    this.file = file;
    this.rows = rows;
    this.connection = connection;
    String values = DuckDb.vocabulary(file);
    this.texts = areTexts(connection, values);
    this.statement =
        connection.prepare(
            String.format(
                "SELECT CAST(value AS %s), CAST(id AS BIGINT) AS id FROM %s WHERE id <> 0 ORDER BY id",
                texts ? "VARCHAR" : "BIGINT", values));
    this.result = statement.query();
  }

  private static boolean areTexts(DuckDBConnection connection, String values) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet columns = statement.executeQuery("DESCRIBE SELECT value FROM " + values)) {
      columns.next();
      return columns.getString("column_type").equals("VARCHAR");
    }
  }

  /**
   * Opens a vocabulary; the caller closes it.
   *
   * @param rows of the table
   * @throws InvalidInputException if the file cannot be read
   */
  static VocabularyValues open(Path file, long rows) {
    try {
      DuckDBConnection connection =
          DuckDb.open(DuckDbOptions.DEFAULT, Optional.empty(), DuckDb.Access.file(file));
      try {
        return new VocabularyValues(file, rows, connection);
      } catch (SQLException e) {
        connection.close();
        throw e;
      }
    } catch (SQLException e) {
      throw new InvalidInputException(
          file + ": cannot be read as a vocabulary (" + DuckDb.reason(e) + ")", e);
    }
  }

  @Override
  public Optional<DuckDBColumnType> type() {
    return Optional.of(texts ? DuckDBColumnType.VARCHAR : DuckDBColumnType.BIGINT);
  }

  @Override
  public boolean next() {
    while (chunk == null || ++place >= chunk.rowCount()) {
      if (!result.nextChunk()) {
        return false;
      }
      chunk = result.chunk();
      place = -1;
    }
    long found = chunk.vector(1).getLong(place, -1);
    if (found < 1 || found >= rows || chunk.vector(0).isNull(place)) {
      throw new InvalidInputException(
          String.format(
              Locale.ROOT,
              "%s: a value has the id %d, expected a value for each, and ids in [0, %d), the rows of"
                  + " the table",
              file,
              found,
              rows));
    }
    id = (int) found;
    return true;
  }

  @Override
  public int id() {
    return id;
  }

  @Override
  public void value(DuckDBWritableVector target, long row) {
    DuckDBReadableVector values = requireNonNull(chunk, "next comes first").vector(0);
    if (texts) {
      target.setString(row, values.getString(place));
    } else {
      target.setLong(row, values.getLong(place));
    }
  }

  @Override
  public void close() {
    try (connection;
        statement;
        result) {
      // Closed in turn, the result first.
    } catch (SQLException e) {
      throw new InvalidInputException(file + ": cannot be closed (" + DuckDb.reason(e) + ")", e);
    }
  }
}
