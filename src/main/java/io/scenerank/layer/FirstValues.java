package io.scenerank.layer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Empty;
import org.tensorflow.types.TFloat32;

/**
 * Gives variables their first values. A large one is filled a few rows at a time: made as a whole,
 * its values would stand in memory two or three times, and what TensorFlow once took for them it
 * keeps.
 */
final class FirstValues {
  private final Ops tf;
  private final Seeds seeds;
  private final long values;

  FirstValues(Ops tf, Seeds seeds) {
    this(tf, seeds, RowRange.VALUES);
  }

  /**
   * @param values variables of more values, if they are tables, are filled by ranges of so many
   */
  FirstValues(Ops tf, Seeds seeds, long values) {
    this.tf = tf;
    this.seeds = seeds;
    this.values = values;
  }

  /** The op that gives a variable its first values. */
  Op assign(Weight weight) {
    return RowRange.isLarge(weight, values) ? assignRows(weight) : assignWhole(weight);
  }

  private Op assignWhole(Weight weight) {
    List<Operand<TFloat32>> parts = new ArrayList<>();
    for (Weight.Part part : weight.parts()) {
      parts.add(part.initializer().call(tf, part.shape(), seeds.of(part.path())));
    }
    return tf.assignVariableOp(weight.handle(), Shapes.concat(tf, parts, 0));
  }

  private Op assignRows(Weight weight) {
    // Not fill: what is constant stays in memory with the graph, however large it is.
    Operand<TFloat32> zeros =
        tf.empty(tf.constant(intShape(weight)), TFloat32.class, Empty.init(true));
    Op done = tf.assignVariableOp(weight.handle(), zeros);
    for (RowRange rows : RowRange.of(weight, values)) {
      if (!rows.part().initializer().equals(Initializer.ZEROS)) {
        done = assign(tf.withControlDependencies(done), rows);
      }
    }
    return done;
  }

  private Op assign(Ops after, RowRange rows) {
    Weight.Part part = rows.part();
    return rows.assign(
        after,
        part.initializer()
            .rows(after, part.shape(), seeds.of(part.path()), rows.first(), rows.count()));
  }

  private static int[] intShape(Weight weight) {
    return Arrays.stream(weight.shape().asArray()).mapToInt(Math::toIntExact).toArray();
  }
}
