package io.scenerank.data;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import io.scenerank.feature.ConfigMapper;
import io.scenerank.feature.InvalidInputException;
import io.scenerank.feature.Schema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Optional;
import org.duckdb.DuckDBConnection;

/**
 * Streams rows to a prepared data set. Rows wait in DuckDB, which spills to the disk what does not
 * fit in memory, and become Parquet (zstd) at the end.
 */
public final class DatasetWriter {
  // Enough for five million rows of the built-in data before anything is spilled.
  private static final String MEMORY_LIMIT = "2GB";

  private final Path folder;
  private final SplitWriter train;
  private final SplitWriter test;

  private DatasetWriter(Path folder, SplitWriter train, SplitWriter test) {
    this.folder = folder;
    this.train = train;
    this.test = test;
  }

  /**
   * Writes a prepared data set, whole or not at all.
   *
   * @param force whether an existing {@code out} is replaced, once the new one is complete
   * @param source adds the rows, and vocabulary files where there are any
   * @throws InvalidInputException if {@code out} exists and {@code force} is false, a split gets no
   *     row, or an id lies outside its vocabulary
   * @throws IOException if the disk fails
   */
  public static void write(
      Path out,
      boolean force,
      Schema schema,
      DuckDbOptions options,
      IOConsumer<DatasetWriter> source)
      throws IOException {
    AtomicFolder.write(out, force, temp -> fill(temp, schema, options, source));
  }

  private static void fill(
      Path folder, Schema schema, DuckDbOptions options, IOConsumer<DatasetWriter> source)
      throws IOException {
    Path spill = Files.createDirectory(folder.resolve("spill"));
    Files.writeString(
        folder.resolve(PreparedDataset.SCHEMA), new ConfigMapper().toJson(schema) + "\n");
    try (DuckDBConnection connection = DuckDb.open(options, Optional.of(spill))) {
      DuckDb.execute(connection, "SET memory_limit = '" + MEMORY_LIMIT + "'");
      SplitWriter train =
          new SplitWriter(connection, schema, "train", folder.resolve(PreparedDataset.TRAIN));
      SplitWriter test =
          new SplitWriter(connection, schema, "test", folder.resolve(PreparedDataset.TEST));
      source.accept(new DatasetWriter(folder, train, test));
      train.finish();
      test.finish();
    } catch (SQLException e) {
      throw DuckDb.failure(folder, e);
    }
    MoreFiles.deleteRecursively(spill, RecursiveDeleteOption.ALLOW_INSECURE);
  }

  /** The folder being written, for vocabulary files. */
  public Path folder() {
    return folder;
  }

  public SplitWriter train() {
    return train;
  }

  public SplitWriter test() {
    return test;
  }
}
