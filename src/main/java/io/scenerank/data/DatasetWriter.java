package io.scenerank.data;

import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import io.scenerank.feature.Schema;
import io.scenerank.files.AtomicFile.IOConsumer;
import io.scenerank.files.AtomicFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Streams rows to a prepared data set: they become Parquet (zstd) while they come, so that any
 * number of rows takes the same memory. One thread adds them, another one writes.
 */
public final class DatasetWriter {
  private final Path folder;
  private final SplitWriter train;
  private final SplitWriter test;

  /** Takes the rows of one file of the data set. For one thread at a time. */
  public sealed interface Rows permits SplitWriter {
    /** Adds a row without true probabilities and weights. */
    void add(int[] ids, float[] dense, float[] labels) throws IOException;

    /** Adds a row without weights. */
    void add(int[] ids, float[] dense, float[] labels, float[] probabilities) throws IOException;

    /**
     * Adds a row. The first row decides whether the file has probabilities.
     *
     * @param ids [F] in the layout of the schema
     * @param dense [G]
     * @param labels [T] as the schema's targets say, 0 or 1 by default; NaN where the row has none
     * @param probabilities [T] that the labels were drawn from, or empty
     * @param weights one for each of the schema's columns of weights, in the order of the tasks
     * @throws InvalidInputException naming feature or task, row and value of an id outside its
     *     vocabulary, a dense value that is not finite, a label that is not as its target says, or
     *     a weight that is negative or not finite
     */
    void add(int[] ids, float[] dense, float[] labels, float[] probabilities, float[] weights)
        throws IOException;

    /** Number of rows so far. */
    long rows();
  }

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
  public static void write(Path out, boolean force, Schema schema, IOConsumer<DatasetWriter> source)
      throws IOException {
    AtomicFolder.write(out, force, temp -> fill(temp, schema, source));
  }

  private static void fill(Path folder, Schema schema, IOConsumer<DatasetWriter> source)
      throws IOException {
    Files.writeString(
        folder.resolve(PreparedDataset.SCHEMA), new ConfigMapper().toJson(schema) + "\n");
    try (SplitWriter train = new SplitWriter(schema, folder.resolve(PreparedDataset.TRAIN));
        SplitWriter test = new SplitWriter(schema, folder.resolve(PreparedDataset.TEST))) {
      source.accept(new DatasetWriter(folder, train, test));
      train.finish();
      test.finish();
    }
  }

  /** The folder being written, for vocabulary files. */
  public Path folder() {
    return folder;
  }

  /** Takes the rows to train on. */
  public Rows train() {
    return train;
  }

  /** Takes the rows to test on. */
  public Rows test() {
    return test;
  }
}
