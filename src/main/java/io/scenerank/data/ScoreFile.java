package io.scenerank.data;

import com.google.common.collect.ImmutableList;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.DuckDb.DuckDbOptions;
import io.scenerank.files.AtomicFile;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;

/** Writes predictions, one row a row, to a Parquet or a CSV file. */
public final class ScoreFile {
  private static final String TABLE = "scores";

  private final Path file;
  private final boolean csv;

  private ScoreFile(Path file, boolean csv) {
    this.file = file;
    this.csv = csv;
  }

  /**
   * The file by its ending: {@code .csv} and {@code .csv.gz} are CSV; {@code .parquet}, {@code .pq}
   * and a name without an ending are Parquet.
   *
   * @throws InvalidInputException if it ends otherwise
   */
  public static ScoreFile of(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    if (name.endsWith(".csv") || name.endsWith(".csv.gz")) {
      return new ScoreFile(file, true);
    }
    if (name.endsWith(".parquet") || name.endsWith(".pq") || name.indexOf('.', 1) < 0) {
      return new ScoreFile(file, false);
    }
    throw new InvalidInputException(
        file
            + ": the file name ends neither as Parquet nor as CSV, expected .parquet, .csv or"
            + " .csv.gz");
  }

  /**
   * A column.
   *
   * @param type of DuckDB, as {@code FLOAT} or {@code BIGINT[]}
   * @param values by row: a Float, Double, Long, Boolean or String, a byte[] for a BLOB, or a list
   *     of such for a list
   */
  public record Column(String name, String type, IntFunction<Object> values) {
    /** One float a row. */
    public static Column ofFloats(String name, float[] values) {
      return new Column(name, "FLOAT", row -> values[row]);
    }
  }

  /**
   * Writes the file whole or not at all; an existing one is replaced at the end.
   *
   * @throws IOException if the file cannot be written
   */
  public void write(ImmutableList<Column> columns, int rows) throws IOException {
    AtomicFile.write(file, temp -> writeTo(temp, columns, rows));
  }

  /** Writes a FLOAT column a task, with scores [T][n] in the order of the tasks. */
  public void write(List<String> tasks, float[][] scores) throws IOException {
    write(
        IntStream.range(0, tasks.size())
            .mapToObj(task -> Column.ofFloats(tasks.get(task), scores[task]))
            .collect(ImmutableList.toImmutableList()),
        scores[0].length);
  }

  private void writeTo(Path temp, ImmutableList<Column> columns, int rows) throws IOException {
    String definitions =
        columns.stream()
            .map(column -> DuckDb.name(column.name()) + " " + column.type())
            .collect(Collectors.joining(", "));
    try (DuckDBConnection connection =
        DuckDb.open(DuckDbOptions.DEFAULT, Optional.empty(), DuckDb.Access.file(temp))) {
      DuckDb.execute(connection, "CREATE TABLE " + TABLE + " (" + definitions + ")");
      try (DuckDBAppender appender = connection.createAppender(TABLE)) {
        for (int row = 0; row < rows; row++) {
          appender.beginRow();
          for (Column column : columns) {
            append(appender, column.values().apply(row));
          }
          appender.endRow();
        }
      }
      if (csv) {
        DuckDb.execute(connection, toCsv(temp));
      } else {
        DuckDb.copyToParquet(connection, "SELECT * FROM " + TABLE, temp);
      }
    } catch (SQLException e) {
      throw DuckDb.failure(file, e);
    }
  }

  private String toCsv(Path temp) {
    boolean zipped = file.getFileName().toString().toLowerCase(Locale.ROOT).endsWith(".gz");
    return String.format(
        "COPY %s TO %s (FORMAT csv, HEADER, COMPRESSION %s)",
        TABLE, DuckDb.text(temp.toString()), zipped ? "gzip" : "none");
  }

  private static void append(DuckDBAppender appender, Object value) throws SQLException {
    // A NaN with a sign would be "-nan" in CSV, which few readers know; there is one NaN here.
    if (value instanceof Float number) {
      appender.append(Float.intBitsToFloat(Float.floatToIntBits(number)));
    } else if (value instanceof Double number) {
      appender.append(Double.longBitsToDouble(Double.doubleToLongBits(number)));
    } else if (value instanceof Long number) {
      appender.append(number);
    } else if (value instanceof Boolean truth) {
      appender.append(truth);
    } else if (value instanceof byte[] bytes) {
      appender.append(bytes);
    } else if (value instanceof Collection<?> list) {
      appender.append(list);
    } else {
      appender.append((String) value);
    }
  }
}
