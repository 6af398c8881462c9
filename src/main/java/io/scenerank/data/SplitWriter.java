package io.scenerank.data;

import static com.google.common.base.Preconditions.checkArgument;

import io.scenerank.feature.ColumnType;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.InvalidInputException;
import io.scenerank.feature.PackedLayout;
import io.scenerank.feature.Schema;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.StringJoiner;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;

/** Takes the rows of one Parquet file of a prepared data set. Not safe for concurrent use. */
public final class SplitWriter {
  private static final float[] NONE = {};

  private final DuckDBConnection connection;
  private final PackedLayout layout;
  private final Schema schema;
  private final String table;
  private final Path file;
  private final int[] idLimits;
  private DuckDBAppender appender;
  private boolean hasProbabilities;
  private long rows;

  SplitWriter(DuckDBConnection connection, Schema schema, String table, Path file) {
    this.connection = connection;
    this.layout = schema.layout();
    this.schema = schema;
    this.table = table;
    this.file = file;
    this.idLimits = layout.idLimits();
  }

  /** Adds a row without true probabilities. */
  public void add(int[] ids, float[] dense, float[] labels) throws IOException {
    add(ids, dense, labels, NONE);
  }

  /**
   * Adds a row. The first row decides whether the file has probabilities.
   *
   * @param ids [F] in the layout of the schema
   * @param dense [G]
   * @param labels [T], 0 or 1
   * @param probabilities [T] that the labels were drawn from, or empty
   * @throws InvalidInputException naming feature, row and value of an id outside its vocabulary
   */
  public void add(int[] ids, float[] dense, float[] labels, float[] probabilities)
      throws IOException {
    checkArgument(ids.length == layout.idWidth(), "a row of %s ids", ids.length);
    checkArgument(dense.length == layout.denseWidth(), "a row of %s dense values", dense.length);
    checkArgument(labels.length == schema.tasks().size(), "a row of %s labels", labels.length);
    for (int i = 0; i < ids.length; i++) {
      if (ids[i] < 0 || ids[i] >= idLimits[i]) {
        throw layout.outOfVocabulary(file.getFileName().toString(), rows, i, ids[i]);
      }
    }
    for (int i = 0; i < labels.length; i++) {
      if (labels[i] != 0 && labels[i] != 1) {
        throw new InvalidInputException(
            String.format(
                "%s: label '%s', row %d: found %s, expected 0 or 1",
                file.getFileName(), schema.tasks().get(i), rows, labels[i]));
      }
    }
    try {
      if (appender == null) {
        open(probabilities.length > 0);
      }
      checkArgument(
          probabilities.length == (hasProbabilities ? labels.length : 0),
          "a row of %s probabilities",
          probabilities.length);
      appender.beginRow();
      for (int i = 0; i < layout.columns().size(); i++) {
        append(layout.columns().get(i), ids, dense);
      }
      for (float label : labels) {
        appender.append((byte) label);
      }
      for (float probability : probabilities) {
        appender.append(probability);
      }
      appender.endRow();
      rows++;
    } catch (SQLException e) {
      throw DuckDb.failure(file, e);
    }
  }

  private void append(FeatureColumn column, int[] ids, float[] dense) throws SQLException {
    int offset = layout.offset(column);
    int end = offset + column.width();
    switch (column.type()) {
      case SPARSE -> appender.append(ids[offset]);
      case VARLEN_SPARSE -> appender.append(Arrays.copyOfRange(ids, offset, end));
      case DENSE -> {
        if (column.width() == 1) {
          appender.append(dense[offset]);
        } else {
          appender.append(Arrays.copyOfRange(dense, offset, end));
        }
      }
    }
  }

  private void open(boolean probabilities) throws SQLException {
    hasProbabilities = probabilities;
    StringJoiner columns = new StringJoiner(", ", "CREATE TABLE " + table + " (", ")");
    for (FeatureColumn column : layout.columns()) {
      String list = column.type() == ColumnType.VARLEN_SPARSE || column.dimension() > 1 ? "[]" : "";
      columns.add(
          DuckDb.name(column.name()) + (column.isCategorical() ? " INTEGER" : " FLOAT") + list);
    }
    schema.tasks().forEach(task -> columns.add(DuckDb.name(task) + " TINYINT"));
    if (probabilities) {
      schema
          .tasks()
          .forEach(
              task -> columns.add(DuckDb.name(ParquetPlan.PROBABILITY_PREFIX + task) + " FLOAT"));
    }
    DuckDb.execute(connection, columns.toString());
    appender = connection.createAppender(table);
  }

  /** Number of rows so far. */
  public long rows() {
    return rows;
  }

  /** Writes the file. */
  void finish() throws IOException {
    if (rows == 0) {
      throw new InvalidInputException(file.getFileName() + ": no rows, expected at least one");
    }
    try {
      appender.close();
      DuckDb.copyToParquet(connection, table, file);
      DuckDb.execute(connection, "DROP TABLE " + table);
    } catch (SQLException e) {
      throw DuckDb.failure(file, e);
    }
  }
}
