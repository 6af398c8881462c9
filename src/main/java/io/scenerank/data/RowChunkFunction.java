package io.scenerank.data;

import io.scenerank.data.RowSource.RowFormat;
import java.io.InterruptedIOException;
import java.util.Optional;
import org.duckdb.DuckDBColumnType;
import org.duckdb.DuckDBDataChunkWriter;
import org.duckdb.DuckDBTableFunction;
import org.duckdb.DuckDBTableFunctionBindInfo;
import org.duckdb.DuckDBTableFunctionCallInfo;
import org.duckdb.DuckDBTableFunctionInitInfo;
import org.duckdb.DuckDBWritableVector;

/**
 * DuckDB's view of the chunks in a pipe: a table function with a column for every id, dense value,
 * label, weight and probability of a packed row.
 */
final class RowChunkFunction implements DuckDBTableFunction<String, String, String> {
  // DuckDB wants an object for each of its states, and this function needs none.
  private static final String NO_STATE = "";

  private final ChunkPipe pipe;
  private final int idWidth;
  private final int denseWidth;
  private final int tasks;
  private final int weights;
  private final boolean probabilities;

  RowChunkFunction(ChunkPipe pipe, RowFormat format, boolean probabilities) {
    this.pipe = pipe;
    this.idWidth = format.layout().idWidth();
    this.denseWidth = format.layout().denseWidth();
    this.tasks = format.tasks().size();
    this.weights = format.weightColumns().size();
    this.probabilities = probabilities;
  }

  /** Name of the column of an id. */
  static String id(int position) {
    return "id" + position;
  }

  /** Name of the column of a dense value. */
  static String dense(int position) {
    return "dense" + position;
  }

  /** Name of the column of a task's label. */
  static String label(int task) {
    return "label" + task;
  }

  /** Name of a column of weights. */
  static String weight(int position) {
    return "weight" + position;
  }

  /** Name of the column of a task's probability. */
  static String probability(int task) {
    return "probability" + task;
  }

  @Override
  public String bind(DuckDBTableFunctionBindInfo info) {
    for (int i = 0; i < idWidth; i++) {
      info.addResultColumn(id(i), DuckDBColumnType.INTEGER);
    }
    for (int i = 0; i < denseWidth; i++) {
      info.addResultColumn(dense(i), DuckDBColumnType.FLOAT);
    }
    for (int i = 0; i < tasks; i++) {
      info.addResultColumn(label(i), DuckDBColumnType.FLOAT);
    }
    for (int i = 0; i < weights; i++) {
      info.addResultColumn(weight(i), DuckDBColumnType.FLOAT);
    }
    for (int i = 0; probabilities && i < tasks; i++) {
      info.addResultColumn(probability(i), DuckDBColumnType.FLOAT);
    }
    return NO_STATE;
  }

  @Override
  public String init(DuckDBTableFunctionInitInfo info) {
    info.setMaxThreads(1);
    return NO_STATE;
  }

  @Override
  public long apply(DuckDBTableFunctionCallInfo info, DuckDBDataChunkWriter output)
      throws InterruptedIOException {
    Optional<RowChunk> next = pipe.take();
    if (next.isEmpty()) {
      return 0;
    }
    RowChunk chunk = next.get();
    int rows = chunk.size();
    int column = 0;
    for (int[] values : chunk.ids()) {
      copy(values, output.vector(column++), rows);
    }
    for (float[] values : chunk.dense()) {
      copy(values, output.vector(column++), rows);
    }
    for (float[] values : chunk.labels()) {
      copyPresent(values, output.vector(column++), rows);
    }
    for (float[] values : chunk.weights()) {
      copy(values, output.vector(column++), rows);
    }
    for (float[] values : chunk.probabilities()) {
      copy(values, output.vector(column++), rows);
    }
    pipe.release(chunk);
    return rows;
  }

  private static void copy(int[] values, DuckDBWritableVector target, int rows) {
    for (int row = 0; row < rows; row++) {
      target.setInt(row, values[row]);
    }
  }

  private static void copy(float[] values, DuckDBWritableVector target, int rows) {
    for (int row = 0; row < rows; row++) {
      target.setFloat(row, values[row]);
    }
  }

  /** NaN is a label that a row lacks: NULL. */
  private static void copyPresent(float[] values, DuckDBWritableVector target, int rows) {
    for (int row = 0; row < rows; row++) {
      if (Float.isNaN(values[row])) {
        target.setNull(row);
      } else {
        target.setFloat(row, values[row]);
      }
    }
  }
}
