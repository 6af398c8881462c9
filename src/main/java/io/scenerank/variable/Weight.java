package io.scenerank.variable;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.MoreCollectors;
import com.google.common.collect.Multimaps;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TType;

/**
 * A variable of a graph: one resource, or a table that is split by rows over several.
 *
 * @param path its name in the graph: the path of its layer, then the attribute path inside it
 * @param shape all dimensions known
 * @param shards the resources
 * @param value reads the whole variable; a fused table is never read in a training step
 * @param parts what it is called outside the graph, in the order of its rows: a dense kernel is its
 *     own single part, a fused table has one part for each embedding table
 * @param l2Reg factor of sum(value²) in the loss; 0 for none
 * @param trainable whether training changes it
 */
public record Weight(
    String path,
    Shape shape,
    ImmutableList<Shard> shards,
    Operand<TFloat32> value,
    ImmutableList<Part> parts,
    float l2Reg,
    boolean trainable) {

  /**
   * A resource of a variable.
   *
   * @param shape the variable's; of a split table, that of a shard's rows
   * @param home where it lives
   */
  public record Shard(
      Operand<? extends TType> handle, Shape shape, Placement.VariableDevice home) {}

  /**
   * Rows of a variable under the name by which Keras and checkpoints know them.
   *
   * @param path for example {@code embedding/user_id/embeddings}
   * @param shape shape of these rows
   * @param rowOffset first row inside the variable
   * @param initializer first values
   */
  public record Part(String path, Shape shape, long rowOffset, Initializer initializer) {
    /** The first of these rows. */
    Part withRows(long rows) {
      return new Part(path, shape.tail().prepend(rows), rowOffset, initializer);
    }
  }

  /** Whether the variable holds several tables under one roof. */
  public boolean isFused() {
    return isFused(path, parts);
  }

  static boolean isFused(String path, ImmutableList<Part> parts) {
    return parts.size() > 1 || !parts.get(0).path().equals(path);
  }

  /**
   * The one resource.
   *
   * @throws IllegalArgumentException if it is split
   */
  public Operand<? extends TType> handle() {
    return onlyShard().handle();
  }

  /**
   * Where the one resource lives.
   *
   * @throws IllegalArgumentException if it is split
   */
  public Placement.VariableDevice home() {
    return onlyShard().home();
  }

  private Shard onlyShard() {
    return shards.stream().collect(MoreCollectors.onlyElement());
  }

  /** Whether it lives on other devices than the graph's own ops. */
  public boolean isRemote() {
    return !shards.get(0).home().isLocal();
  }

  /**
   * Some of its rows.
   *
   * @param rows their numbers, [n]
   * @return [n, D], with a gradient for the rows
   */
  public Operand<TFloat32> gather(Ops tf, Operand<TInt32> rows) {
    return rows().gather(tf, rows);
  }

  /** Access to rows of it. */
  SplitRows rows() {
    return new SplitRows(shards, shape);
  }

  /**
   * The term of the loss that keeps values of it small: Keras' L2, {@code l2Reg · sum(value²)},
   * without the half of other libraries.
   *
   * @param values the variable's, or those of some of its rows
   */
  public Operand<TFloat32> l2(Ops tf, Operand<TFloat32> values) {
    // TensorFlow's own op halves the sum. It makes no array of the squares.
    return tf.math.mul(tf.constant(2 * l2Reg), tf.nn.l2Loss(values));
  }

  /** The same variable, read otherwise. */
  public Weight withValue(Operand<TFloat32> other) {
    return new Weight(path, shape, shards, other, parts, l2Reg, trainable);
  }

  /**
   * Values of several variables of one device as one vector, so that they cross the network in one
   * message: a message costs more than the values of a small layer.
   *
   * @param weights in the order of the vector; no tables
   */
  public record Bundle(ImmutableList<Weight> weights) {

    /** A bundle for each home, in the order of their first variables. */
    public static ImmutableMap<Placement.VariableDevice, Bundle> byHome(List<Weight> weights) {
      ImmutableListMultimap<Placement.VariableDevice, Weight> homes =
          Multimaps.index(weights, Weight::home);
      ImmutableMap.Builder<Placement.VariableDevice, Bundle> bundles = ImmutableMap.builder();
      homes
          .asMap()
          .forEach((home, all) -> bundles.put(home, new Bundle(ImmutableList.copyOf(all))));
      return bundles.buildOrThrow();
    }

    /**
     * Puts values together.
     *
     * @param values of the shapes of the weights
     * @return a vector
     */
    public Operand<TFloat32> pack(Ops tf, List<Operand<TFloat32>> values) {
      List<Operand<TFloat32>> flat = new ArrayList<>();
      values.forEach(value -> flat.add(tf.reshape(value, tf.constant(new int[] {-1}))));
      return Shapes.concat(tf, flat, 0);
    }

    /** Takes a vector apart, into values of the shapes of the weights. */
    public ImmutableList<Operand<TFloat32>> unpack(Ops tf, Operand<TFloat32> packed) {
      long[] sizes = weights.stream().mapToLong(weight -> weight.shape().size()).toArray();
      List<? extends Operand<TFloat32>> flat =
          sizes.length == 1
              ? List.of(packed)
              : tf.splitV(packed, tf.constant(sizes), tf.constant(0), (long) sizes.length).output();
      ImmutableList.Builder<Operand<TFloat32>> values = ImmutableList.builder();
      for (int i = 0; i < sizes.length; i++) {
        Shape shape = weights.get(i).shape();
        values.add(tf.reshape(flat.get(i), tf.constant(shape.asArray())));
      }
      return values.build();
    }

    /** The weights' values on another device. */
    ImmutableMap<Weight, Operand<TFloat32>> read(Ops there) {
      Ops home = weights.get(0).home().on(there);
      List<Operand<TFloat32>> values = new ArrayList<>();
      weights.forEach(weight -> values.add(home.readVariableOp(weight.handle(), TFloat32.class)));
      ImmutableList<Operand<TFloat32>> unpacked = unpack(there, pack(home, values));
      ImmutableMap.Builder<Weight, Operand<TFloat32>> read = ImmutableMap.builder();
      for (int i = 0; i < weights.size(); i++) {
        read.put(weights.get(i), unpacked.get(i));
      }
      return read.buildOrThrow();
    }
  }

  /** Rows of a table, sorted by the shards that hold them. */
  public static final class RowPartition {
    private final Operand<TInt32> shardOfRow;
    private final int shards;
    private final ImmutableList<Operand<TInt32>> local;

    private RowPartition(
        Operand<TInt32> shardOfRow, int shards, ImmutableList<Operand<TInt32>> local) {
      this.shardOfRow = shardOfRow;
      this.shards = shards;
      this.local = local;
    }

    /**
     * Adds the ops.
     *
     * @param rows numbers of rows, [n]
     */
    public static RowPartition of(Ops tf, int shards, Operand<TInt32> rows) {
      if (shards == 1) {
        return new RowPartition(rows, 1, ImmutableList.of(rows));
      }
      Operand<TInt32> n = tf.constant(shards);
      Operand<TInt32> shardOfRow = tf.math.floorMod(rows, n);
      Operand<TInt32> local = tf.math.floorDiv(rows, n);
      return new RowPartition(
          shardOfRow,
          shards,
          ImmutableList.copyOf(tf.dynamicPartition(local, shardOfRow, (long) shards)));
    }

    /** The shard's own numbers of its rows, [n of the shard], for each shard. */
    public ImmutableList<Operand<TInt32>> local() {
      return local;
    }

    /**
     * Sorts what belongs to the rows.
     *
     * @param values [n, D]
     * @return [n of the shard, D] for each shard
     */
    public ImmutableList<Operand<TFloat32>> values(Ops tf, Operand<TFloat32> values) {
      return shards == 1
          ? ImmutableList.of(values)
          : ImmutableList.copyOf(tf.dynamicPartition(values, shardOfRow, (long) shards));
    }

    /**
     * Puts values of all shards back into the order of the rows.
     *
     * @param values [n of the shard, D] for each shard
     * @return [n, D]
     */
    Operand<TFloat32> merge(Ops tf, ImmutableList<Operand<TFloat32>> values) {
      if (shards == 1) {
        return values.get(0);
      }
      Operand<TInt32> positions =
          tf.range(tf.constant(0), tf.size(shardOfRow), tf.constant(1)); // [n]
      return tf.dynamicStitch(
          ImmutableList.copyOf(tf.dynamicPartition(positions, shardOfRow, (long) shards)), values);
    }
  }
}
