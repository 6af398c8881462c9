package io.scenerank.variable;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Writes rows of tables by the names that the tables have outside the graph. */
final class RowAccess {
  private final Ops tf;
  private final List<Weight> weights;
  private final Map<Weight, Assignment> assignments = new HashMap<>();

  private record Assignment(Placeholder<TInt32> rows, Placeholder<TFloat32> values, Op assign) {}

  /**
   * Of variables to which ops are added once their rows are written.
   *
   * @param weights variables that have values
   */
  RowAccess(Ops tf, List<Weight> weights) {
    this.tf = tf;
    this.weights = List.copyOf(weights);
  }

  /**
   * Writes rows.
   *
   * @param path name of a table
   * @param rows numbers of its rows, each once, [n]
   * @param values one row behind the other, [n · D]
   * @throws IllegalArgumentException if there is no such table
   */
  void assign(Session session, String path, int[] rows, float[] values) {
    for (Weight weight : weights) {
      for (Weight.Part part : weight.parts()) {
        if (part.path().equals(path)) {
          assign(session, weight, part, rows, values);
          return;
        }
      }
    }
    throw new IllegalArgumentException("no table " + path);
  }

  private void assign(
      Session session, Weight weight, Weight.Part part, int[] rows, float[] values) {
    int[] numbers = new int[rows.length];
    for (int i = 0; i < rows.length; i++) {
      numbers[i] = Math.toIntExact(part.rowOffset() + rows[i]);
    }
    Assignment to = assignments.computeIfAbsent(weight, this::assignment);
    Shape shape = part.shape().tail().prepend(rows.length);
    try (TInt32 numbersFed = TInt32.tensorOf(Shape.of(rows.length), DataBuffers.of(numbers));
        TFloat32 valuesFed = TFloat32.tensorOf(shape, DataBuffers.of(values))) {
      session
          .runner()
          .feed(to.rows(), numbersFed)
          .feed(to.values(), valuesFed)
          .addTarget(to.assign())
          .run()
          .close();
    }
  }

  private Assignment assignment(Weight weight) {
    Placeholder<TInt32> rows = tf.placeholder(TInt32.class, Placeholder.shape(Shape.of(-1)));
    Placeholder<TFloat32> values =
        tf.placeholder(
            TFloat32.class, Placeholder.shape(weight.shape().tail().prepend(Shape.UNKNOWN_SIZE)));
    return new Assignment(rows, values, weight.rows().scatter(tf, rows, values));
  }
}
