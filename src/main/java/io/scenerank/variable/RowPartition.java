package io.scenerank.variable;

import com.google.common.collect.ImmutableList;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Rows of a table, sorted by the shards that hold them. */
public final class RowPartition {
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
