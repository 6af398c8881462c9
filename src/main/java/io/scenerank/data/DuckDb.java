package io.scenerank.data;

import io.scenerank.feature.EncodingFingerprint;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Collectors;
import org.duckdb.DuckDBConnection;
import org.duckdb.DuckDBDriver;

/**
 * Opens in-memory DuckDB databases that keep the order of rows, and writes names and text in SQL.
 */
public final class DuckDb {
  /** Rows of a row group of the files that are written here: the smallest part that is read. */
  static final int ROW_GROUP_ROWS = 20_480;

  private static final String CAUSE = "Error: ";
  private static final String CSV_CAUSE = "CSV Error on Line";
  private static final int CSV_LINES = 3;

  private DuckDb() {}

  /**
   * Opens an empty in-memory database.
   *
   * @param spill folder for what does not fit in memory; without one nothing is written to disk
   */
  public static DuckDBConnection open(DuckDbOptions options, Optional<Path> spill)
      throws SQLException {
    Properties settings = new Properties();
    settings.setProperty("preserve_insertion_order", "true");
    settings.setProperty("temp_directory", spill.map(Path::toString).orElse(""));
    if (options.threads() > 0) {
      settings.setProperty("threads", Integer.toString(options.threads()));
    }
    return new DuckDBDriver().connect("jdbc:duckdb:", settings).unwrap(DuckDBConnection.class);
  }

  /** Runs one statement that has no result. */
  public static void execute(DuckDBConnection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Copies a query's rows to a Parquet file in row groups small enough for several readers. */
  public static void copyToParquet(DuckDBConnection connection, String query, Path file)
      throws SQLException {
    execute(connection, toParquet(query, file, EncodingFingerprint.NONE));
  }

  /**
   * The statement of {@link #copyToParquet}.
   *
   * @param fingerprint how the rows are encoded, which the file says then; or none
   */
  public static String toParquet(String query, Path file, EncodingFingerprint fingerprint) {
    return String.format(
        "COPY (%s) TO %s (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE %d%s)",
        query, text(file.toString()), ROW_GROUP_ROWS, FileFingerprint.option(fingerprint));
  }

  /** A quoted name. */
  public static String name(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  /** A quoted text. */
  public static String text(String text) {
    return '\'' + text.replace("'", "''") + '\'';
  }

  /** The failure as one line about the file. */
  static IOException failure(Path file, SQLException e) {
    return new IOException(file + ": " + reason(e), e);
  }

  /** The line of DuckDB's message that says what is wrong. */
  public static String reason(SQLException e) {
    List<String> lines =
        String.valueOf(e.getMessage()).lines().filter(line -> !line.isBlank()).toList();
    // What is wrong with a line of CSV stands in the first three: where, what, what was expected.
    if (!lines.isEmpty() && lines.get(0).contains(CSV_CAUSE)) {
      String reason =
          lines.stream().limit(CSV_LINES).map(String::trim).collect(Collectors.joining("; "));
      return reason.substring(reason.indexOf(CSV_CAUSE));
    }
    // A failure on the way to a result wraps its reason: "Invalid Input Error: …", "Error: reason".
    return lines.stream()
        .filter(line -> line.startsWith(CAUSE))
        .map(line -> line.substring(CAUSE.length()))
        .findFirst()
        .orElse(lines.isEmpty() ? "unknown failure" : lines.get(0).trim());
  }
}
