package io.scenerank.data;

import com.google.common.util.concurrent.Uninterruptibles;
import io.scenerank.data.DuckDb.DuckDbOptions;
import io.scenerank.data.RowSource.RowFormat;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.FeatureColumn.ColumnType;
import io.scenerank.feature.Schema;
import io.scenerank.feature.Targets.TaskType;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.StringJoiner;
import org.duckdb.DuckDBConnection;
import org.duckdb.DuckDBFunctions;
import org.duckdb.DuckDBTableFunctionBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Writes chunks of rows to a Parquet file while they come, on a thread of its own: DuckDB reads
 * them through a table function, so that they are never stored in between.
 */
final class ParquetSink {
  // One: more of DuckDB's threads spend twice the time on rows that come in order, one by one.
  private static final DuckDbOptions ONE_THREAD = new DuckDbOptions(1);
  private static final String ROWS = "rows";

  private final Path file;
  private final String statement;
  private final ChunkPipe pipe = new ChunkPipe();
  private final RowChunkFunction function;
  private final Thread thread;
  private volatile @Nullable SQLException failure;

  /** Begins to write. */
  ParquetSink(Path file, Schema schema, boolean probabilities) {
    this.file = file;
    this.statement = DuckDb.toParquet(query(schema, probabilities), file, schema.fingerprint());
    this.function = new RowChunkFunction(pipe, RowFormat.of(schema), probabilities);
    this.thread = new Thread(this::write, "scenerank-parquet");
    thread.setDaemon(true);
    thread.start();
  }

  private static String query(Schema schema, boolean probabilities) {
    StringJoiner columns = new StringJoiner(", ", "SELECT ", " FROM " + ROWS + "()");
    for (FeatureColumn column : schema.layout().columns()) {
      int offset = schema.layout().offset(column);
      boolean list = column.type() == ColumnType.VARLEN_SPARSE || column.width() > 1;
      StringJoiner values = new StringJoiner(", ", list ? "[" : "", list ? "]" : "");
      for (int i = offset; i < offset + column.width(); i++) {
        values.add(column.isCategorical() ? RowChunkFunction.id(i) : RowChunkFunction.dense(i));
      }
      columns.add(values + " AS " + DuckDb.name(column.name()));
    }
    for (int task = 0; task < schema.tasks().size(); task++) {
      String name = schema.tasks().get(task);
      boolean binary = schema.targets().typeOf(name) == TaskType.BINARY;
      String label = RowChunkFunction.label(task) + (binary ? "::TINYINT" : "");
      columns.add(label + " AS " + DuckDb.name(name));
    }
    List<String> weights = RowFormat.of(schema).weightColumns();
    for (int i = 0; i < weights.size(); i++) {
      columns.add(RowChunkFunction.weight(i) + " AS " + DuckDb.name(weights.get(i)));
    }
    for (int task = 0; probabilities && task < schema.tasks().size(); task++) {
      String name = ParquetPlan.PROBABILITY_PREFIX + schema.tasks().get(task);
      columns.add(RowChunkFunction.probability(task) + " AS " + DuckDb.name(name));
    }
    return columns.toString();
  }

  private void write() {
    try (DuckDBConnection connection =
        DuckDb.open(ONE_THREAD, Optional.empty(), DuckDb.Access.file(file))) {
      try (DuckDBTableFunctionBuilder builder = DuckDBFunctions.tableFunction()) {
        builder.withName(ROWS).withFunction(function).register(connection);
      }
      DuckDb.execute(connection, statement);
    } catch (SQLException e) {
      failure = e;
    } finally {
      pipe.stop();
    }
  }

  /**
   * Writes a chunk after those before it.
   *
   * @return an empty chunk that was written before, if there is one
   * @throws IOException if writing has failed
   */
  Optional<RowChunk> write(RowChunk chunk) throws IOException {
    Optional<RowChunk> free = pipe.put(chunk);
    if (pipe.isStopped()) {
      Uninterruptibles.joinUninterruptibly(thread);
      throw failed();
    }
    return free;
  }

  /**
   * Waits until everything is written.
   *
   * @throws IOException if writing has failed
   */
  void finish() throws IOException {
    pipe.end();
    Uninterruptibles.joinUninterruptibly(thread);
    if (failure != null) {
      throw failed();
    }
  }

  /** Stops writing, if it has not ended; the file is worth nothing then. */
  void abort() {
    pipe.stop();
    Uninterruptibles.joinUninterruptibly(thread);
  }

  private IOException failed() {
    return failure == null
        ? new IOException(file + ": the rows are not being written any more")
        : DuckDb.failure(file, failure);
  }
}
