package io.scenerank.data;

import java.util.Optional;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Makes tensors of some rows. Keeps its staging arrays between calls: one thread at a time. */
final class BatchFiller {
  private final PackedRows rows;
  private final Projection projection;
  private final int[] order;
  private final int batchSize;
  private final int[] ids;
  private final float[] dense;
  private final float[] labels;

  BatchFiller(PackedRows rows, Projection projection, int[] order, int batchSize) {
    this.rows = rows;
    this.projection = projection;
    this.order = order;
    this.batchSize = batchSize;
    int capacity = Math.min(batchSize, order.length);
    this.ids = new int[Math.multiplyExact(capacity, projection.target().idWidth())];
    this.dense = new float[Math.multiplyExact(capacity, projection.target().denseWidth())];
    this.labels = new float[Math.multiplyExact(capacity, projection.tasks().size())];
  }

  int batches() {
    return (int) (((long) order.length + batchSize - 1) / batchSize);
  }

  /** The batch of this number, starting at 0. */
  Batch fill(int number) {
    int first = number * batchSize;
    int size = Math.min(batchSize, order.length - first);
    int idWidth = projection.target().idWidth();
    int denseWidth = projection.target().denseWidth();
    int tasks = projection.tasks().size();
    for (int i = 0; i < size; i++) {
      int row = order[first + i];
      projection.copyIds(rows, row, ids, i * idWidth);
      projection.copyDense(rows, row, dense, i * denseWidth);
      projection.copyLabels(rows, row, labels, i * tasks);
    }
    return new Batch(
        TInt32.tensorOf(
            Shape.of(size, idWidth),
            t -> t.asRawTensor().data().asInts().write(ids, 0, size * idWidth)),
        floats(dense, size, denseWidth),
        floats(labels, size, tasks),
        size);
  }

  private static Optional<TFloat32> floats(float[] values, int size, int width) {
    return width == 0
        ? Optional.empty()
        : Optional.of(
            TFloat32.tensorOf(
                Shape.of(size, width),
                t -> t.asRawTensor().data().asFloats().write(values, 0, size * width)));
  }
}
