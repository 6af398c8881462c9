package io.scenerank.variable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Empty;
import org.tensorflow.types.TFloat32;

/**
 * Gives variables their first values. A large one is filled a few rows at a time: made as a whole,
 * its values would be in memory two or three times, and what TensorFlow once took for them it
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

  /** The op that gives a variable its first values, drawn where it lives. */
  Op assign(Weight weight) {
    List<Op> shards = new ArrayList<>();
    for (int i = 0; i < weight.shards().size(); i++) {
      Ops there = weight.shards().get(i).home().on(tf);
      shards.add(
          RowRange.isLarge(weight, values)
              ? assignRows(there, weight, i)
              : assignWhole(there, weight, i));
    }
    return SplitRows.together(tf, shards);
  }

  private Op assignWhole(Ops there, Weight weight, int shard) {
    List<Operand<TFloat32>> parts = new ArrayList<>();
    for (Weight.Part part : weight.parts()) {
      parts.add(part.initializer().call(there, part.shape(), seeds.of(part.path())));
    }
    return there.assignVariableOp(
        weight.shards().get(shard).handle(),
        weight.rows().shard(there, shard, Shapes.concat(there, parts, 0)));
  }

  private Op assignRows(Ops there, Weight weight, int shard) {
    Weight.Shard all = weight.shards().get(shard);
    // Not fill: what is constant stays in memory with the graph, however large it is.
    Operand<TFloat32> zeros =
        there.empty(there.constant(intShape(all.shape())), TFloat32.class, Empty.init(true));
    Op done = there.assignVariableOp(all.handle(), zeros);
    for (RowRange rows : RowRange.of(weight, values)) {
      if (rows.touches(shard) && !rows.part().initializer().equals(Initializer.ZEROS)) {
        done = assign(there.withControlDependencies(done), rows, shard);
      }
    }
    return done;
  }

  private Op assign(Ops after, RowRange rows, int shard) {
    Weight.Part part = rows.part();
    return rows.assign(
        after,
        shard,
        part.initializer()
            .rows(after, part.shape(), seeds.of(part.path()), rows.first(), rows.count()));
  }

  private static int[] intShape(Shape shape) {
    return Arrays.stream(shape.asArray()).mapToInt(Math::toIntExact).toArray();
  }
}
