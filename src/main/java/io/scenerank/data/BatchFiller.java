package io.scenerank.data;

import static com.google.common.base.Preconditions.checkState;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import io.scenerank.data.RowSource.RowCursor;
import java.util.Optional;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TString;

/** Makes tensors of rows. Keeps its staging arrays between calls: one thread at a time. */
final class BatchFiller implements AutoCloseable {
  private final RowCursor cursor;
  private final Projection projection;
  private final int[] ids;
  private final float[] dense;
  private final float[] labels;
  private final ImmutableMap<String, TString> texts;

  /**
   * @param cursor before the first row; closed with this
   * @param capacity the most rows of a batch
   */
  BatchFiller(RowCursor cursor, Projection projection, int capacity) {
    this.cursor = cursor;
    this.projection = projection;
    this.ids = new int[Math.multiplyExact(capacity, projection.target().idWidth())];
    this.dense = new float[Math.multiplyExact(capacity, projection.target().denseWidth())];
    this.labels = new float[Math.multiplyExact(capacity, projection.labelWidth())];
    this.texts =
        ImmutableMap.copyOf(
            Maps.transformValues(
                projection.texts(), all -> TString.vectorOf(all.toArray(new String[0]))));
  }

  /** Leaves out the next rows. */
  void skip(int count) {
    for (int i = 0; i < count; i++) {
      checkState(cursor.next(), "the rows end before row %s of %s left out", i, count);
    }
  }

  /** A batch of the next rows. */
  Batch fill(int size) {
    int idWidth = projection.target().idWidth();
    int denseWidth = projection.target().denseWidth();
    int labelWidth = projection.labelWidth();
    for (int i = 0; i < size; i++) {
      checkState(cursor.next(), "the rows end before row %s of %s of a batch", i, size);
      PackedRows from = cursor.rows();
      int row = cursor.row();
      projection.copyIds(from, row, ids, i * idWidth);
      projection.copyDense(from, row, dense, i * denseWidth);
      projection.copyLabels(from, row, labels, i * labelWidth);
    }
    return new Batch(
        TInt32.tensorOf(
            Shape.of(size, idWidth),
            t -> t.asRawTensor().data().asInts().write(ids, 0, size * idWidth)),
        floats(dense, size, denseWidth),
        floats(labels, size, labelWidth),
        size,
        texts);
  }

  private static Optional<TFloat32> floats(float[] values, int size, int width) {
    return width == 0
        ? Optional.empty()
        : Optional.of(
            TFloat32.tensorOf(
                Shape.of(size, width),
                t -> t.asRawTensor().data().asFloats().write(values, 0, size * width)));
  }

  @Override
  public void close() {
    cursor.close();
    texts.values().forEach(TString::close);
  }
}
