package io.scenerank.variable;

import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The rows of a table in a checkpoint, as many at a time as {@link CheckpointSaver} writes: each
 * slice of the checkpoint is then read once.
 */
final class TableRows implements Iterator<FloatTensor> {
  private final Path prefix;
  private final String part;
  private final Shape shape;
  private final long most;
  private long next;

  /**
   * @param prefix of the checkpoint
   * @param part name of the table
   * @param shape of the whole table, [rows, D]
   * @param values how many are read at a time, as {@link RowRange#of(Weight, long)} says
   */
  TableRows(Path prefix, String part, Shape shape, long values) {
    this.prefix = prefix;
    this.part = part;
    this.shape = shape;
    this.most = RowRange.most(shape, values);
  }

  @Override
  public boolean hasNext() {
    return next < shape.get(0);
  }

  @Override
  public FloatTensor next() {
    if (!hasNext()) {
      throw new NoSuchElementException("row " + next + " of " + shape);
    }
    long count = Math.min(most, shape.get(0) - next);
    FloatTensor rows = read(next, count);
    next += count;
    return rows;
  }

  private FloatTensor read(long first, long count) {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      Ops tf = Ops.create(graph);
      Operand<TFloat32> rows =
          tf.train
              .restore(
                  tf.constant(prefix.toString()),
                  tf.array(part),
                  tf.array(RowRange.slice(shape, first, count)),
                  List.of(TFloat32.class))
              .tensors()
              .get(0)
              .asOutput()
              .expect(TFloat32.class);
      // The table of another model may have another shape.
      Shape expected = shape.tail().prepend(count);
      try (Result result = session.runner().fetch(tf.ensureShape(rows, expected)).run()) {
        return FloatTensor.of((TFloat32) result.get(0));
      }
    }
  }
}
