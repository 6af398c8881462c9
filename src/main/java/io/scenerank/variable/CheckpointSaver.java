package io.scenerank.variable;

import com.google.common.primitives.ImmutableIntArray;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TString;
import org.tensorflow.types.family.TType;

/**
 * Saves the variables of a session to a TensorFlow checkpoint and restores them. Unlike {@link
 * WeightSaver}, whose ops belong into a SavedModel, it takes little memory besides the variables: a
 * large table goes a few rows at a time, each time into a file of its own. The checkpoint holds
 * every part under its own name, as a whole or in slices, and either way any reader of TensorFlow's
 * reads it as one tensor.
 *
 * <p>The variables need their first values before they are restored.
 */
public final class CheckpointSaver {
  private final Placeholder<TString> prefix;
  private final SaveRestore all;

  /** Adds the ops, all of them below a scope {@code checkpoint}. */
  public CheckpointSaver(Ops ops, List<Weight> weights) {
    this(ops, weights, RowRange.VALUES);
  }

  /**
   * @param values variables of more values, if they are tables, are read and written by ranges of
   *     so many
   */
  CheckpointSaver(Ops ops, List<Weight> weights, long values) {
    Ops tf = ops.withSubScope("checkpoint");
    this.prefix = tf.placeholder(TString.class, Placeholder.shape(Shape.scalar()));
    List<Weight> large = weights.stream().filter(w -> RowRange.isLarge(w, values)).toList();
    List<Weight> small = weights.stream().filter(w -> !large.contains(w)).toList();
    Map<Weight.Shard, Operand<TFloat32>> wholes = new HashMap<>();
    large.forEach(weight -> weight.shards().forEach(shard -> wholes.put(shard, shared(tf, shard))));
    List<List<RowRange>> shards = shards(large, values);
    List<Operand<TString>> pieces = new ArrayList<>();
    for (int i = 0; i <= shards.size(); i++) {
      pieces.add(
          shards.isEmpty()
              ? prefix
              : tf.strings.join(List.of(prefix, tf.constant("-pieces/" + i))));
    }
    WeightSaver rest = new WeightSaver(tf, small, pieces.get(0), prefix);
    Op saved = rest.save();
    Op restored = rest.restore();
    for (int i = 0; i < shards.size(); i++) {
      // One after the other, so that the rows of one shard alone are in memory.
      saved = save(tf.withControlDependencies(saved), shards.get(i), wholes, pieces.get(i + 1));
      restored = restore(tf.withControlDependencies(restored), shards.get(i));
    }
    Op merged =
        shards.isEmpty()
            ? saved
            : tf.withControlDependencies(saved).train.mergeV2Checkpoints(tf.stack(pieces), prefix);
    this.all = new SaveRestore(prefix, merged, restored);
  }

  /**
   * A table that has other rows than in a checkpoint.
   *
   * @param layer path of the layer whose variables have a row for each id
   * @param before how many rows the checkpoint has
   * @param rows how many there are
   * @param fresh rows that start with their first values again, in order
   */
  public record Growth(String layer, long before, long rows, ImmutableIntArray fresh) {
    /** The same growth of other variables under the layer's path behind a prefix. */
    public Growth under(String prefix) {
      return new Growth(prefix + layer, before, rows, fresh);
    }

    /** Whether a variable has rows of the layer's tables. */
    public boolean touches(Weight weight) {
      return weight.parts().stream().anyMatch(this::isOf);
    }

    /** Whether a part is one of the layer's with a row for each id. */
    boolean isOf(Weight.Part part) {
      return part.path().startsWith(layer + "/")
          && part.path().indexOf('/', layer.length() + 1) < 0
          && part.shape().numDimensions() > 0
          && part.shape().get(0) == rows;
    }
  }

  /**
   * Restores a checkpoint into variables that have their first values and more rows in some tables:
   * new rows keep their first values. It takes little memory besides the variables.
   *
   * @param copies variables whose new rows are those of another one
   */
  public static void restoreGrowing(
      Ops ops,
      List<Weight> weights,
      List<Growth> growths,
      Map<Weight, Weight> copies,
      Session session,
      Path path) {
    new GrowingRestore(ops, weights, growths, copies, RowRange.VALUES).restore(session, path);
  }

  /**
   * Reads a table of a checkpoint, some rows at a time, without a variable: memory for these rows
   * suffices.
   *
   * @param prefix of the checkpoint
   * @param part name of the table
   * @param shape of the whole table, [rows, D]
   * @return its rows in order, [n, D] each; the next ones are read when they are taken
   */
  public static Iterator<FloatTensor> tableRows(Path prefix, String part, Shape shape) {
    return new TableRows(prefix, part, shape, RowRange.VALUES);
  }

  /** Ranges that are saved together. */
  private static List<List<RowRange>> shards(List<Weight> weights, long values) {
    List<List<RowRange>> shards = new ArrayList<>();
    long left = 0;
    for (Weight weight : weights) {
      for (RowRange rows : RowRange.of(weight, values)) {
        if (shards.isEmpty() || rows.size() > left) {
          shards.add(new ArrayList<>());
          left = values;
        }
        shards.get(shards.size() - 1).add(rows);
        left -= rows.size();
      }
    }
    return shards;
  }

  /**
   * The value of a variable without a copy: once its rows were gathered, every read copies the
   * variable until this is turned off. Gathering turns it on again.
   */
  private static Operand<TFloat32> shared(Ops ops, Weight.Shard shard) {
    Ops tf = shard.home().on(ops);
    Op uncopied = tf.io.disableCopyOnRead(shard.handle());
    return tf.withControlDependencies(uncopied).readVariableOp(shard.handle(), TFloat32.class);
  }

  private static Op save(
      Ops after,
      List<RowRange> shard,
      Map<Weight.Shard, Operand<TFloat32>> wholes,
      Operand<TString> piece) {
    List<Operand<?>> values = new ArrayList<>();
    shard.forEach(rows -> values.add(rows.read(after, wholes::get)));
    return after.train.save(piece, names(after, shard), slices(after, shard), values);
  }

  private Op restore(Ops after, List<RowRange> shard) {
    List<Output<?>> values =
        after
            .train
            .restore(
                prefix,
                names(after, shard),
                slices(after, shard),
                shard.stream().<Class<? extends TType>>map(rows -> TFloat32.class).toList())
            .tensors();
    List<Op> assignments = new ArrayList<>();
    for (int i = 0; i < shard.size(); i++) {
      assignments.add(shard.get(i).assign(after, values.get(i).expect(TFloat32.class)));
    }
    return after.withControlDependencies(assignments).noOp();
  }

  private static Operand<TString> names(Ops tf, List<RowRange> shard) {
    return tf.array(shard.stream().map(rows -> rows.part().path()).toArray(String[]::new));
  }

  private static Operand<TString> slices(Ops tf, List<RowRange> shard) {
    return tf.array(shard.stream().map(RowRange::slice).toArray(String[]::new));
  }

  /** Writes {@code prefix.index} and {@code prefix.data-…}. */
  public void save(Session session, Path path) {
    all.save(session, path);
  }

  /** Reads what {@link #save} wrote, under the same names and in the same shapes. */
  public void restore(Session session, Path path) {
    all.restore(session, path);
  }
}
