package io.scenerank.variable;

import com.google.common.primitives.ImmutableIntArray;
import io.scenerank.variable.CheckpointSaver.Growth;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TString;
import org.tensorflow.types.family.TType;

/**
 * Restores a checkpoint into variables of which some have more rows by now. The rows that the
 * checkpoint does not have keep their first values, and so do those whose ids mean other values
 * than before. Besides the variables it takes the memory of one {@link RowRange}.
 *
 * <p>The variables need their first values, and nothing else, before they are restored.
 */
final class GrowingRestore {
  private final Placeholder<TString> prefix;
  private final Map<Placeholder<TInt32>, ImmutableIntArray> fresh = new LinkedHashMap<>();
  private final Op restore;

  /**
   * Adds the ops, all of them below a scope {@code restore_grown}.
   *
   * @param copies variables whose rows, where they are first values, are those of another one
   * @param values a range has so many values at most
   */
  GrowingRestore(
      Ops ops,
      List<Weight> weights,
      List<Growth> growths,
      Map<Weight, Weight> copies,
      long values) {
    Ops tf = ops.withSubScope("restore_grown");
    this.prefix = tf.placeholder(TString.class, Placeholder.shape(Shape.scalar()));
    List<Weight> plain = new ArrayList<>();
    List<GrownRange> ranges = new ArrayList<>();
    for (Weight weight : weights) {
      if (weight.parts().stream().noneMatch(part -> growth(part, growths).isPresent())
          && !RowRange.isLarge(weight, values)) {
        plain.add(weight);
      } else {
        weight.parts().forEach(part -> ranges.addAll(ranges(weight, part, growths, values)));
      }
    }
    Op done = new WeightSaver(tf, plain, prefix, prefix).restore();
    for (Map.Entry<Weight, Weight> copy : copies.entrySet()) {
      done = copy(tf.withControlDependencies(done), copy.getKey(), copy.getValue(), values);
    }
    for (GrownRange range : ranges) {
      // One after the other, so that the rows of one range alone are in memory.
      done = restore(tf.withControlDependencies(done), range);
    }
    this.restore = done;
  }

  /**
   * Rows that a checkpoint has.
   *
   * @param fresh those of them that keep their first values, numbers inside the range
   */
  private record GrownRange(RowRange rows, ImmutableIntArray fresh) {}

  private static Optional<Growth> growth(Weight.Part part, List<Growth> growths) {
    return growths.stream().filter(growth -> growth.isOf(part)).findFirst();
  }

  private static List<GrownRange> ranges(
      Weight weight, Weight.Part part, List<Growth> growths, long values) {
    Optional<Growth> growth = growth(part, growths);
    Weight.Part before =
        growth
            .map(grown -> part.withRows(Math.min(grown.before(), part.shape().get(0))))
            .orElse(part);
    ImmutableIntArray fresh = growth.map(Growth::fresh).orElse(ImmutableIntArray.of());
    List<GrownRange> ranges = new ArrayList<>();
    int next = 0;
    for (RowRange rows : RowRange.of(weight, before, values)) {
      ImmutableIntArray.Builder inside = ImmutableIntArray.builder();
      for (; next < fresh.length() && fresh.get(next) < rows.first() + rows.count(); next++) {
        inside.add(Math.toIntExact(fresh.get(next) - rows.first()));
      }
      ranges.add(new GrownRange(rows, inside.build()));
    }
    return ranges;
  }

  private static Op copy(Ops after, Weight to, Weight from, long values) {
    Op done = after.noOp();
    for (RowRange rows : RowRange.of(to, values)) {
      Ops tf = after.withControlDependencies(done);
      Operand<TFloat32> read =
          from.rows()
              .read(
                  tf,
                  rows.begin(),
                  rows.count(),
                  shard -> shard.home().on(tf).readVariableOp(shard.handle(), TFloat32.class));
      done = rows.assign(tf, read);
    }
    return done;
  }

  private Op restore(Ops after, GrownRange range) {
    RowRange rows = range.rows();
    Operand<TFloat32> read =
        after
            .train
            .restore(
                prefix,
                after.array(rows.part().path()),
                after.array(rows.slice()),
                List.<Class<? extends TType>>of(TFloat32.class))
            .tensors()
            .get(0)
            .expect(TFloat32.class);
    // As in WeightSaver: what is restored is checked, and the op's name is the variable's.
    String name = OpNames.ascii(rows.part().path().replace('/', '.'));
    Shape shape = rows.part().shape().tail().prepend(rows.count());
    Operand<TFloat32> values = after.withName(name).ensureShape(read, shape);
    return rows.assign(after, range.fresh().isEmpty() ? values : refreshed(after, range, values));
  }

  /** The rows of a range, in which some are first values, as the variable still has them. */
  private Operand<TFloat32> refreshed(Ops tf, GrownRange range, Operand<TFloat32> restored) {
    Placeholder<TInt32> numbers =
        tf.placeholder(TInt32.class, Placeholder.shape(Shape.of(range.fresh().length())));
    fresh.put(numbers, range.fresh());
    RowRange rows = range.rows();
    Operand<TInt32> begin = tf.constant(Math.toIntExact(rows.begin()));
    Operand<TFloat32> first = rows.weight().gather(tf, tf.math.add(numbers, begin));
    return tf.tensorScatterNdUpdate(restored, tf.expandDims(numbers, tf.constant(1)), first);
  }

  /** Reads the checkpoint. */
  void restore(Session session, Path path) {
    List<TInt32> fed = new ArrayList<>();
    try (TString value = TString.scalarOf(path.toString())) {
      Session.Runner runner = session.runner().feed(prefix, value).addTarget(restore);
      fresh.forEach(
          (placeholder, numbers) -> {
            TInt32 tensor = TInt32.tensorOf(NdArrays.vectorOf(numbers.toArray()));
            fed.add(tensor);
            runner.feed(placeholder, tensor);
          });
      runner.run().close();
    } finally {
      fed.forEach(TInt32::close);
    }
  }
}
