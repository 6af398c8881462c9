package io.scenerank.data;

import com.google.common.collect.ImmutableList;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.DuckDb.DuckDbOptions;
import io.scenerank.data.RowSource.RowFormat;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntUnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.duckdb.DuckDBChunkedResult;
import org.duckdb.DuckDBConnection;
import org.duckdb.DuckDBPreparedStatement;

/**
 * A Parquet file whose columns are known to be those of a format, and which is checked to stay the
 * same file while its rows are read.
 */
final class ParquetTable {
  private static final DuckDbOptions ONE_THREAD = new DuckDbOptions(1);

  /** Blocks that one query reads: planning it costs as much for one as for some. */
  private static final int BLOCKS_PER_QUERY = 16;

  /** DuckDB's name for the number of a row in its file. */
  private static final String ROW_NUMBER = "file_row_number";

  private final Path file;
  private final RowFormat format;
  private final FileStamp stamp;
  private final ImmutableList<ParquetPlan.Selection> plan;
  private final boolean hasProbabilities;
  private final boolean hasRowNumberColumn;
  private final long size;

  private ParquetTable(
      Path file, RowFormat format, FileStamp stamp, Map<String, String> types, long size) {
    this.file = file;
    this.format = format;
    this.stamp = stamp;
    this.plan = ParquetPlan.of(file.toString(), types, format);
    this.hasProbabilities = ParquetPlan.hasProbabilities(types, format);
    this.hasRowNumberColumn =
        types.keySet().stream().anyMatch(name -> name.toLowerCase(Locale.ROOT).equals(ROW_NUMBER));
    this.size = size;
  }

  /**
   * Reads names and types of the columns and the number of rows, but no row.
   *
   * @throws InvalidInputException if the file is missing, is not a Parquet file, has no row or more
   *     than 2^31 - 1, or naming a column that is missing or of a wrong type
   */
  static ParquetTable open(Path file, RowFormat format) {
    FileStamp stamp = FileStamp.of(file);
    try (DuckDBConnection connection =
            DuckDb.open(ONE_THREAD, Optional.empty(), DuckDb.Access.file(file));
        Statement statement = connection.createStatement()) {
      Map<String, String> types = new LinkedHashMap<>();
      try (ResultSet result = statement.executeQuery("DESCRIBE SELECT * FROM " + source(file))) {
        while (result.next()) {
          types.put(result.getString("column_name"), result.getString("column_type"));
        }
      }
      long size;
      try (ResultSet result = statement.executeQuery("SELECT count(*) FROM " + source(file))) {
        result.next();
        size = result.getLong(1);
      }
      ParquetTable table = new ParquetTable(file, format, stamp, types, size);
      stamp.requireSame(file);
      table.checkSize();
      return table;
    } catch (SQLException e) {
      stamp.requireSame(file);
      throw unreadable(file, e);
    }
  }

  private void checkSize() {
    if (size == 0) {
      throw new InvalidInputException(file + ": no rows, expected at least one");
    }
    if (size > Integer.MAX_VALUE) {
      throw new InvalidInputException(
          String.format(Locale.ROOT, "%s: %,d rows, expected at most 2^31 - 1", file, size));
    }
  }

  private static String source(Path file) {
    return DuckDb.parquet(file);
  }

  private static InvalidInputException unreadable(Path file, SQLException e) {
    return new InvalidInputException(
        file + ": cannot be read as Parquet (" + DuckDb.reason(e) + ")", e);
  }

  Path file() {
    return file;
  }

  RowFormat format() {
    return format;
  }

  /** Number of rows. */
  int size() {
    return (int) size;
  }

  boolean hasProbabilities() {
    return hasProbabilities;
  }

  /** A database to read some rows at a time with, again and again, on the calling thread alone. */
  DuckDBConnection connect() {
    try {
      return DuckDb.open(
          ONE_THREAD, Optional.empty(), DuckDb.Access.file(file), ParquetTable::readOften);
    } catch (SQLException e) {
      throw unreadable(file, e);
    }
  }

  private static void readOften(DuckDBConnection connection) throws SQLException {
    DuckDb.execute(connection, "SET parquet_metadata_cache = true");
    // Every row is read once a pass: keeping the file's bytes would fill the memory for nothing.
    DuckDb.execute(connection, "SET enable_external_file_cache = false");
    // These two go through the statistics of all row groups for every query, however few it reads.
    DuckDb.execute(connection, "SET disabled_optimizers = 'statistics_propagation,join_order'");
  }

  /** An empty store for rows of this file. */
  RowStore newStore() {
    return new RowStore(format, hasProbabilities);
  }

  /** The rows of a store. */
  PackedRows rows(RowStore store) {
    return new PackedRows(format, store);
  }

  /**
   * Reads every row.
   *
   * @throws InvalidInputException naming feature or task, row and value that is wrong, or if the
   *     file has changed
   */
  PackedRows readAll(DuckDbOptions options) {
    RowStore store = newStore();
    try (DuckDBConnection connection =
        DuckDb.open(options, Optional.empty(), DuckDb.Access.file(file))) {
      append(connection, "", decoder(store, row -> row));
    } catch (SQLException e) {
      throw unreadable(file, e);
    }
    requireRows(store.size(), size());
    return rows(store);
  }

  /**
   * Reads the blocks of a window.
   *
   * @param connection of {@link #connect}
   * @param store what the rows are put into in place of those that it has
   * @throws InvalidInputException naming feature or task, row and value that is wrong, or if the
   *     file has changed
   */
  void read(DuckDBConnection connection, RowWindow window, RowStore store) {
    store.clear();
    ChunkDecoder decoder = decoder(store, window::fileRow);
    int together = hasRowNumberColumn ? 1 : BLOCKS_PER_QUERY;
    for (int block = 0; block < window.blocks(); block += together) {
      int end = Math.min(block + together, window.blocks());
      String part = hasRowNumberColumn ? offset(window, block) : numbers(window, block, end);
      append(connection, part, decoder);
    }
    requireRows(store.size(), window.rowsRead());
  }

  /** The rows of some blocks; DuckDB leaves the row groups out that have none of them. */
  private static String numbers(RowWindow window, int block, int end) {
    return IntStream.range(block, end)
        .mapToObj(
            i ->
                String.format(
                    Locale.ROOT,
                    "%s BETWEEN %d AND %d",
                    ROW_NUMBER,
                    window.from(i),
                    window.to(i) - 1))
        .collect(Collectors.joining(" OR ", " WHERE ", ""));
  }

  /** The rows of a block of a file in which a column has the name of the row's number. */
  private static String offset(RowWindow window, int block) {
    int from = window.from(block);
    return String.format(Locale.ROOT, " LIMIT %d OFFSET %d", window.to(block) - from, from);
  }

  private ChunkDecoder decoder(RowStore store, IntUnaryOperator fileRow) {
    return new ChunkDecoder(file.toString(), format, plan, store, fileRow);
  }

  private void append(DuckDBConnection connection, String part, ChunkDecoder decoder) {
    String selected =
        plan.stream().map(ParquetPlan.Selection::expression).collect(Collectors.joining(", "));
    try (DuckDBPreparedStatement statement =
            connection.prepare("SELECT " + selected + " FROM " + source(file) + part);
        DuckDBChunkedResult result = statement.query()) {
      while (result.nextChunk()) {
        decoder.append(result.chunk());
      }
    } catch (SQLException e) {
      stamp.requireSame(file);
      throw unreadable(file, e);
    } catch (InvalidInputException e) {
      stamp.requireSame(file);
      throw e;
    }
    stamp.requireSame(file);
  }

  private void requireRows(int found, int expected) {
    if (found != expected) {
      throw new InvalidInputException(
          String.format(Locale.ROOT, "%s: %d rows were read, expected %d", file, found, expected));
    }
  }
}
