package io.scenerank.testing;

import io.scenerank.data.DuckDb;
import io.scenerank.data.DuckDb.DuckDbOptions;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.StringJoiner;
import org.duckdb.DuckDBConnection;

/** Reads and writes small Parquet files with SQL. */
public final class ParquetTable {
  private ParquetTable() {}

  /**
   * The rows of a query, each a text with bars between the values.
   *
   * @param query {@code %s} is replaced by the file
   */
  public static List<String> rows(Path file, String query) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (DuckDBConnection connection = DuckDb.open(DuckDbOptions.DEFAULT, Optional.empty());
        Statement statement = connection.createStatement();
        ResultSet result =
            statement.executeQuery(
                query.replace("%s", "read_parquet(" + DuckDb.text(file.toString()) + ")"))) {
      while (result.next()) {
        StringJoiner row = new StringJoiner("|");
        for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
          row.add(String.valueOf(result.getString(i)));
        }
        rows.add(row.toString());
      }
    }
    return rows;
  }

  /** Writes a query's rows. */
  public static Path write(Path file, String query) throws SQLException {
    return write(file, query, "FORMAT parquet");
  }

  /** Writes a query's rows with these options of COPY. */
  public static Path write(Path file, String query, String options) throws SQLException {
    try (DuckDBConnection connection = DuckDb.open(DuckDbOptions.DEFAULT, Optional.empty());
        Statement statement = connection.createStatement()) {
      statement.execute(
          "COPY (" + query + ") TO " + DuckDb.text(file.toString()) + " (" + options + ")");
    }
    return file;
  }
}
