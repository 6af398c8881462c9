package io.scenerank.data;

import static com.google.common.base.Preconditions.checkArgument;

import io.scenerank.config.InvalidInputException;
import io.scenerank.data.RowSource.RowFormat;
import io.scenerank.feature.PackedLayout;
import io.scenerank.feature.Schema;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Takes the rows of one Parquet file of a prepared data set. They are encoded and written on
 * another thread while the next ones are made. Not safe for concurrent use.
 */
final class SplitWriter implements DatasetWriter.Rows, AutoCloseable {
  private static final float[] NONE = {};

  private final PackedLayout layout;
  private final Schema schema;
  private final Path file;
  private final int[] idLimits;
  private final LabelChecks checks;
  private @Nullable Output output;
  private long rows;

  SplitWriter(Schema schema, Path file) {
    this.layout = schema.layout();
    this.schema = schema;
    this.file = file;
    this.idLimits = layout.idLimits();
    this.checks = new LabelChecks(file.getFileName().toString(), RowFormat.of(schema));
  }

  @Override
  public void add(int[] ids, float[] dense, float[] labels) throws IOException {
    add(ids, dense, labels, NONE);
  }

  @Override
  public void add(int[] ids, float[] dense, float[] labels, float[] probabilities)
      throws IOException {
    add(ids, dense, labels, probabilities, NONE);
  }

  @Override
  public void add(int[] ids, float[] dense, float[] labels, float[] probabilities, float[] weights)
      throws IOException {
    checkArgument(ids.length == layout.idWidth(), "a row of %s ids", ids.length);
    checkArgument(dense.length == layout.denseWidth(), "a row of %s dense values", dense.length);
    checkArgument(labels.length == schema.tasks().size(), "a row of %s labels", labels.length);
    checkArgument(weights.length == checks.weightCount(), "a row of %s weights", weights.length);
    for (int i = 0; i < ids.length; i++) {
      if (ids[i] < 0 || ids[i] >= idLimits[i]) {
        throw layout.outOfVocabulary(file.getFileName().toString(), rows, i, ids[i]);
      }
    }
    for (int i = 0; i < dense.length; i++) {
      if (!layout.takesDense(i, dense[i])) {
        throw layout.notFinite(file.getFileName().toString(), rows, i, dense[i]);
      }
    }
    checks.requireLabels(rows, labels);
    checks.requireWeights(rows, weights);
    Output begun = output;
    if (begun == null) {
      begun = new Output(probabilities.length > 0);
      output = begun;
    }
    begun.add(ids, dense, labels, probabilities, weights);
    rows++;
  }

  /** The file from its first row on, which says whether there are probabilities. */
  private final class Output {
    private final boolean hasProbabilities;
    private final ParquetSink sink;
    private RowChunk chunk;

    Output(boolean hasProbabilities) {
      this.hasProbabilities = hasProbabilities;
      this.chunk = newChunk(hasProbabilities);
      this.sink = new ParquetSink(file, schema, hasProbabilities);
    }

    void add(int[] ids, float[] dense, float[] labels, float[] probabilities, float[] weights)
        throws IOException {
      checkArgument(
          probabilities.length == (hasProbabilities ? labels.length : 0),
          "a row of %s probabilities",
          probabilities.length);
      chunk.add(ids, dense, labels, probabilities, weights);
      if (chunk.isFull()) {
        chunk = sink.write(chunk).orElseGet(() -> newChunk(hasProbabilities));
      }
    }

    void finish() throws IOException {
      if (chunk.size() > 0) {
        sink.write(chunk);
      }
      sink.finish();
    }
  }

  private RowChunk newChunk(boolean probabilities) {
    return new RowChunk(RowFormat.of(schema), probabilities);
  }

  @Override
  public long rows() {
    return rows;
  }

  /** Writes the rest of the file. */
  void finish() throws IOException {
    if (rows == 0 || output == null) {
      throw new InvalidInputException(file.getFileName() + ": no rows, expected at least one");
    }
    output.finish();
  }

  /** Ends the writing, whether or not the file is complete. */
  @Override
  public void close() {
    if (output != null) {
      output.sink.abort();
    }
  }
}
