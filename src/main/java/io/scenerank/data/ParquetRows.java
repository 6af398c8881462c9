package io.scenerank.data;

import com.google.common.collect.ImmutableList;
import io.scenerank.feature.InvalidInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.duckdb.DuckDBChunkedResult;
import org.duckdb.DuckDBConnection;
import org.duckdb.DuckDBPreparedStatement;

/**
 * Reads packed rows from a Parquet file, in the file's order whatever the number of threads. A
 * sparse feature is an integer column, a sequence a list of exactly {@code max_len} integers, a
 * dense feature a number or, where it has more than one dimension, a list of them; a label is 0 or
 * 1 under its task's name, a true probability a number under {@code p_<task>}. Other columns of the
 * file are ignored.
 */
public final class ParquetRows {
  private ParquetRows() {}

  /** Reads with one thread a core. See {@link #read(Path, RowFormat, DuckDbOptions)}. */
  public static PackedRows read(Path file, RowFormat format) {
    return read(file, format, DuckDbOptions.DEFAULT);
  }

  /**
   * Reads the features and labels of the format, and the probabilities if the file has them all.
   *
   * @param format {@link RowFormat#withoutLabels} for a file to predict
   * @throws InvalidInputException if the file is missing, is no Parquet file or has no row, or
   *     naming the feature or task, the row (from 0) and the value that is missing, of another type
   *     or out of range
   */
  public static PackedRows read(Path file, RowFormat format, DuckDbOptions options) {
    if (!Files.isRegularFile(file)) {
      throw new InvalidInputException(file + ": no such file");
    }
    try (DuckDBConnection connection = DuckDb.open(options, Optional.empty())) {
      String source = "read_parquet(" + DuckDb.text(file.toString()) + ")";
      Map<String, String> types = types(connection, source);
      ImmutableList<ParquetPlan.Selection> plan = ParquetPlan.of(file.toString(), types, format);
      RowStore store =
          new RowStore(
              format.layout().idWidth(),
              format.layout().denseWidth(),
              format.tasks().size(),
              ParquetPlan.hasProbabilities(types, format));
      copy(connection, source, plan, new ChunkDecoder(file.toString(), format, plan, store));
      if (store.size() == 0) {
        throw new InvalidInputException(file + ": no rows, expected at least one");
      }
      return new PackedRows(format, store);
    } catch (SQLException e) {
      throw new InvalidInputException(
          file + ": cannot be read as Parquet (" + DuckDb.reason(e) + ")", e);
    }
  }

  private static Map<String, String> types(DuckDBConnection connection, String source)
      throws SQLException {
    Map<String, String> types = new LinkedHashMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("DESCRIBE SELECT * FROM " + source)) {
      while (result.next()) {
        types.put(result.getString("column_name"), result.getString("column_type"));
      }
    }
    return types;
  }

  private static void copy(
      DuckDBConnection connection,
      String source,
      ImmutableList<ParquetPlan.Selection> plan,
      ChunkDecoder decoder)
      throws SQLException {
    String selected =
        plan.stream().map(ParquetPlan.Selection::expression).collect(Collectors.joining(", "));
    try (DuckDBPreparedStatement statement =
            connection.prepare("SELECT " + selected + " FROM " + source);
        DuckDBChunkedResult result = statement.query()) {
      while (result.nextChunk()) {
        decoder.append(result.chunk());
      }
    }
  }
}
