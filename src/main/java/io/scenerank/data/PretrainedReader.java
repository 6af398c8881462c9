package io.scenerank.data;

import com.google.common.collect.ImmutableList;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.DuckDb.DuckDbOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.duckdb.DuckDBChunkedResult;
import org.duckdb.DuckDBConnection;
import org.duckdb.DuckDBDataChunkReader;
import org.duckdb.DuckDBPreparedStatement;
import org.duckdb.DuckDBReadableVector;

/**
 * Reads the pretrained embeddings of a table: a Parquet file with the columns {@code value}, a
 * text, and {@code embedding}, a list of floats. Values without an id are left out.
 */
final class PretrainedReader {
  private final Path vocabulary;
  private final Path file;
  private final DuckDbOptions options;

  /**
   * @param vocabulary Parquet, the ids of the values
   */
  PretrainedReader(Path vocabulary, Path file, DuckDbOptions options) {
    this.vocabulary = vocabulary;
    this.file = file;
    this.options = options;
  }

  /**
   * Reads the vectors, some thousand at a time.
   *
   * @param width numbers of a vector
   * @param rows number of ids
   * @param target takes ids [n] and their vectors, one behind the other [n · width]
   * @throws InvalidInputException naming the file, and the value whose vector has another width or
   *     a number that is missing or not finite, or that occurs twice
   */
  void read(int width, int rows, BiConsumer<int[], float[]> target) {
    for (Path needed : new Path[] {vocabulary, file}) {
      if (!Files.isRegularFile(needed)) {
        throw new InvalidInputException(
            needed + ": no such file, expected in a data set with pretrained embeddings");
      }
    }
    DuckDb.Access access = DuckDb.Access.file(file).withFiles(ImmutableList.of(vocabulary));
    try (DuckDBConnection connection = DuckDb.open(options, Optional.empty(), access)) {
      requireOnce(connection);
      try (DuckDBPreparedStatement statement = connection.prepare(query(width));
          DuckDBChunkedResult result = statement.query()) {
        while (result.nextChunk()) {
          read(result.chunk(), width, rows, target);
        }
      }
    } catch (SQLException e) {
      throw new InvalidInputException(
          file
              + ": cannot be read as pretrained embeddings, expected the columns 'value' and"
              + " 'embedding' ("
              + DuckDb.reason(e)
              + ")",
          e);
    }
  }

  private void requireOnce(DuckDBConnection connection) throws SQLException {
    try (DuckDBPreparedStatement statement =
            connection.prepare(
                "SELECT value FROM "
                    + DuckDb.parquet(file)
                    + " GROUP BY value HAVING count(*) > 1");
        ResultSet result = statement.executeQuery()) {
      if (result.next()) {
        throw new InvalidInputException(
            file + ": value '" + result.getString(1) + "' occurs twice, expected once");
      }
    }
  }

  private String query(int width) {
    return String.format(
        Locale.ROOT,
        "SELECT v.id::BIGINT, len(p.embedding)::BIGINT, p.value, %s FROM %s v JOIN %s p"
            + " ON CAST(v.value AS VARCHAR) = p.value WHERE v.id > 0",
        IntStream.rangeClosed(1, width)
            .mapToObj(i -> String.format(Locale.ROOT, "CAST(p.embedding[%d] AS DOUBLE)", i))
            .collect(Collectors.joining(", ")),
        DuckDb.parquet(vocabulary),
        DuckDb.parquet(file));
  }

  private void read(
      DuckDBDataChunkReader chunk, int width, int rows, BiConsumer<int[], float[]> target) {
    int size = Math.toIntExact(chunk.rowCount());
    int[] ids = new int[size];
    float[] vectors = new float[size * width];
    for (int row = 0; row < size; row++) {
      long id = chunk.vector(0).getLong(row);
      String value = chunk.vector(2).getString(row);
      if (id >= rows) {
        throw new InvalidInputException(
            String.format(
                Locale.ROOT,
                "%s: value '%s' has the id %d, expected an id below %d",
                vocabulary,
                value,
                id,
                rows));
      }
      long length = chunk.vector(1).getLong(row, 0);
      if (length != width) {
        throw wrong(value, length + " numbers", width + ", the emb_dim of the table");
      }
      ids[row] = (int) id;
    }
    for (int i = 0; i < width; i++) {
      DuckDBReadableVector vector = chunk.vector(3 + i);
      for (int row = 0; row < size; row++) {
        float number = (float) vector.getDouble(row, Double.NaN);
        if (!Float.isFinite(number)) {
          throw wrong(chunk.vector(2).getString(row), String.valueOf(number), "finite floats");
        }
        vectors[row * width + i] = number;
      }
    }
    if (size > 0) {
      target.accept(ids, vectors);
    }
  }

  /** Passes on those of some vectors whose ids are wanted. */
  static void only(
      int width,
      IntPredicate wanted,
      int[] ids,
      float[] vectors,
      BiConsumer<int[], float[]> target) {
    int[] kept = IntStream.range(0, ids.length).filter(i -> wanted.test(ids[i])).toArray();
    if (kept.length == ids.length) {
      target.accept(ids, vectors);
    } else if (kept.length > 0) {
      float[] values = new float[kept.length * width];
      for (int i = 0; i < kept.length; i++) {
        System.arraycopy(vectors, kept[i] * width, values, i * width, width);
      }
      target.accept(IntStream.of(kept).map(i -> ids[i]).toArray(), values);
    }
  }

  private InvalidInputException wrong(String value, String found, String expected) {
    return new InvalidInputException(
        String.format("%s: value '%s': found %s, expected %s", file, value, found, expected));
  }
}
