package io.scenerank.run.export;

import io.scenerank.config.InvalidInputException;
import io.scenerank.data.DuckDb;
import io.scenerank.data.DuckDb.DuckDbOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Iterator;
import java.util.Optional;
import java.util.StringJoiner;
import org.duckdb.DuckDBColumnType;
import org.duckdb.DuckDBConnection;
import org.duckdb.DuckDBDataChunkWriter;
import org.duckdb.DuckDBFunctions;
import org.duckdb.DuckDBTableFunction;
import org.duckdb.DuckDBTableFunctionBindInfo;
import org.duckdb.DuckDBTableFunctionBuilder;
import org.duckdb.DuckDBTableFunctionCallInfo;
import org.duckdb.DuckDBTableFunctionInitInfo;
import org.duckdb.DuckDBWritableVector;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a table next to the values of its ids, both in the order of the ids: DuckDB reads
 * them through a table function, a few at a time. Not safe for concurrent use.
 */
final class EmbeddingRows implements DuckDBTableFunction<String, String, String>, AutoCloseable {
  private static final DuckDbOptions ONE_THREAD = new DuckDbOptions(1);
  private static final String ROWS = "rows";
  private static final String VALUE = "value";
  private static final String ID = "id";
  private static final String VECTOR = "vector";

  // DuckDB wants an object for each of its states, and this function needs none.
  private static final String NO_STATE = "";

  private final IdValues ids;
  private final int width;
  private final Iterator<float[]> vectors;
  private float[] floats = new float[0];
  private long first;
  private long end;
  private @Nullable RuntimeException failure;

  private EmbeddingRows(IdValues ids, int width, Iterator<float[]> vectors) {
    this.ids = ids;
    this.width = width;
    this.vectors = vectors;
  }

  /**
   * Opens the values; the caller closes them.
   *
   * @param vocabulary of the values; without one, all ids above 0 are taken
   * @param rows of the table
   * @param vectors its rows in order, [n, width] each
   * @throws InvalidInputException naming the vocabulary that cannot be read
   */
  static EmbeddingRows open(
      Optional<Path> vocabulary, int rows, int width, Iterator<float[]> vectors) {
    IdValues ids =
        vocabulary.isPresent() ? VocabularyValues.open(vocabulary.get(), rows) : new PlainIds(rows);
    return new EmbeddingRows(ids, width, vectors);
  }

  /**
   * Writes them.
   *
   * @param file the name of the file in messages
   * @throws IOException if writing fails
   */
  void write(Path file, Path temp) throws IOException {
    StringJoiner vector = new StringJoiner(", ", "[", "]");
    for (int i = 0; i < width; i++) {
      vector.add(component(i));
    }
    String values = ids.type().isPresent() ? VALUE + ", " : "";
    try (DuckDBConnection connection =
        DuckDb.open(ONE_THREAD, Optional.empty(), DuckDb.Access.file(temp))) {
      try (DuckDBTableFunctionBuilder builder = DuckDBFunctions.tableFunction()) {
        builder.withName(ROWS).withFunction(this).register(connection);
      }
      DuckDb.copyToParquet(
          connection,
          String.format("SELECT %s%s, %s AS %s FROM %s()", values, ID, vector, VECTOR, ROWS),
          temp);
    } catch (SQLException e) {
      if (failure != null) {
        throw failure;
      }
      throw new IOException(file + ": cannot be written (" + DuckDb.reason(e) + ")", e);
    }
  }

  private static String component(int position) {
    return "x" + position;
  }

  @Override
  public String bind(DuckDBTableFunctionBindInfo info) {
    ids.type().ifPresent(type -> info.addResultColumn(VALUE, type));
    info.addResultColumn(ID, DuckDBColumnType.INTEGER);
    for (int i = 0; i < width; i++) {
      info.addResultColumn(component(i), DuckDBColumnType.FLOAT);
    }
    return NO_STATE;
  }

  @Override
  public String init(DuckDBTableFunctionInitInfo info) {
    info.setMaxThreads(1);
    return NO_STATE;
  }

  @Override
  public long apply(DuckDBTableFunctionCallInfo info, DuckDBDataChunkWriter output) {
    try {
      return fill(output);
    } catch (RuntimeException e) {
      failure = e; // DuckDB passes on its message alone
      throw e;
    }
  }

  private long fill(DuckDBDataChunkWriter output) {
    int column = ids.type().isPresent() ? 1 : 0;
    DuckDBWritableVector idVector = output.vector(column);
    DuckDBWritableVector[] components = new DuckDBWritableVector[width];
    for (int i = 0; i < components.length; i++) {
      components[i] = output.vector(column + 1L + i);
    }
    long capacity = output.capacity();
    long row = 0;
    while (row < capacity && ids.next()) {
      if (column == 1) {
        ids.value(output.vector(0), row);
      }
      int id = ids.id();
      idVector.setInt(row, id);
      int from = seek(id);
      for (int i = 0; i < components.length; i++) {
        components[i].setFloat(row, floats[from + i]);
      }
      row++;
    }
    return row;
  }

  /** Reads on to a row; returns where its floats begin. */
  private int seek(int id) {
    while (id >= end) {
      floats = vectors.next();
      first = end;
      end += floats.length / width;
    }
    return (int) (id - first) * width;
  }

  @Override
  public void close() {
    ids.close();
  }
}
