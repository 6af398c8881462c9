package io.scenerank.variable;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Stack;
import org.tensorflow.op.core.StridedSlice;
import org.tensorflow.op.core.Unique;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Reading and writing the rows of a variable, wherever its shards are. */
final class SplitRows {
  private final ImmutableList<Weight.Shard> shards;
  private final Shape shape;
  private final RowSplit split;

  /**
   * @param shape of the whole variable
   */
  SplitRows(ImmutableList<Weight.Shard> shards, Shape shape) {
    this.shards = shards;
    this.shape = shape;
    this.split = new RowSplit(shards.size());
  }

  private boolean isSplit() {
    return shards.size() > 1;
  }

  /** The whole variable. */
  Operand<TFloat32> value(Ops tf) {
    return isSplit()
        ? read(tf, 0, shape.get(0), shard -> value(tf, shard))
        : value(tf, shards.get(0));
  }

  private static Operand<TFloat32> value(Ops tf, Weight.Shard shard) {
    return shard.home().on(tf).readVariableOp(shard.handle(), TFloat32.class);
  }

  /**
   * Rows by their numbers. What crosses the network is each row once.
   *
   * @param rows [n]
   * @return [n, D]
   */
  public Operand<TFloat32> gather(Ops tf, Operand<TInt32> rows) {
    if (shards.get(0).home().isLocal() && !isSplit()) {
      return tf.resourceGather(shards.get(0).handle(), rows, TFloat32.class);
    }
    Unique<TInt32, TInt32> unique = tf.unique(rows, tf.constant(new long[] {0})); // [u]
    Operand<TFloat32> values = gatherUnique(tf, unique.y()); // [u, D]
    return tf.gather(values, unique.idx(), tf.constant(0));
  }

  private Operand<TFloat32> gatherUnique(Ops tf, Operand<TInt32> rows) {
    Weight.RowPartition partition = Weight.RowPartition.of(tf, shards.size(), rows);
    ImmutableList.Builder<Operand<TFloat32>> values = ImmutableList.builder();
    for (int shard = 0; shard < shards.size(); shard++) {
      Weight.Shard from = shards.get(shard);
      values.add(
          from.home()
              .on(tf)
              .resourceGather(from.handle(), partition.local().get(shard), TFloat32.class));
    }
    return tf.ensureShape(
        partition.merge(tf, values.build()), shape.tail().prepend(Shape.UNKNOWN_SIZE));
  }

  /**
   * Neighbouring rows.
   *
   * @param begin number of the first
   * @param whole the value of a shard, on its home
   */
  Operand<TFloat32> read(
      Ops tf, long begin, long count, Function<Weight.Shard, Operand<TFloat32>> whole) {
    if (!isSplit()) {
      Weight.Shard only = shards.get(0);
      return slice(only.home().on(tf), whole.apply(only), begin, count);
    }
    int n = split.shards();
    long localBegin = begin / n;
    long localCount = (begin + count + n - 1) / n - localBegin;
    List<Operand<TFloat32>> strands = new ArrayList<>();
    for (Weight.Shard shard : shards) {
      strands.add(slice(shard.home().on(tf), whole.apply(shard), localBegin, localCount));
    }
    // [c, n, D] → [c · n, D], of which the first and the last rows may be others.
    Operand<TFloat32> interleaved =
        tf.reshape(
            tf.stack(strands, Stack.axis(1L)),
            tf.constant(shape.tail().prepend(localCount * n).asArray()));
    return slice(tf, interleaved, begin - localBegin * n, count);
  }

  private Operand<TFloat32> slice(Ops tf, Operand<TFloat32> value, long begin, long count) {
    long[] start = new long[shape.numDimensions()];
    start[0] = begin;
    return tf.slice(value, tf.constant(start), tf.constant(shape.tail().prepend(count).asArray()));
  }

  /** The op that writes neighbouring rows of a variable that has values. */
  Op assign(Ops tf, long begin, long count, Operand<TFloat32> values) {
    List<Op> assignments = new ArrayList<>();
    for (int shard = 0; shard < shards.size(); shard++) {
      if (split.count(shard, begin, count) > 0) {
        assignments.add(assign(tf, shard, begin, count, values));
      }
    }
    return together(tf, assignments);
  }

  /** One op that waits for several. */
  static Op together(Ops tf, List<Op> ops) {
    return ops.size() == 1 ? ops.get(0) : tf.withControlDependencies(ops).noOp();
  }

  /** The op that writes those of neighbouring rows that are a shard's, of which there are some. */
  Op assign(Ops tf, int shard, long begin, long count, Operand<TFloat32> values) {
    Weight.Shard to = shards.get(shard);
    Operand<TFloat32> strand = strand(tf, shard, begin, values);
    long first = split.local(shard, begin);
    Ops there = to.home().on(tf);
    return there.resourceStridedSliceAssign(
        to.handle(),
        there.constant(new long[] {first}),
        there.constant(new long[] {first + split.count(shard, begin, count)}),
        there.constant(new long[] {1}),
        strand);
  }

  /** Those of neighbouring rows that are a shard's. */
  private Operand<TFloat32> strand(Ops tf, int shard, long begin, Operand<TFloat32> values) {
    if (!isSplit()) {
      return values;
    }
    int first = Math.toIntExact(split.first(shard, begin));
    return tf.stridedSlice(
        values,
        tf.constant(new int[] {first}),
        tf.constant(new int[] {0}),
        tf.constant(new int[] {split.shards()}),
        StridedSlice.endMask(1L));
  }

  /** A shard's rows of a whole table, and rows of zeros up to the shard's shape. */
  Operand<TFloat32> shard(Ops tf, int shard, Operand<TFloat32> whole) {
    if (!isSplit()) {
      return whole; // which may be a scalar
    }
    Operand<TFloat32> strand = strand(tf, shard, 0, whole);
    long rows = shape.get(0);
    long missing = split.rowsOfShard(rows) - split.count(shard, 0, rows);
    if (missing == 0) {
      return strand;
    }
    long[] zeros = shape.tail().prepend(missing).asArray();
    return tf.concat(List.of(strand, tf.zeros(tf.constant(zeros), TFloat32.class)), tf.constant(0));
  }

  /**
   * The op that writes some rows.
   *
   * @param rows their numbers, each once, [n]
   * @param values [n, D]
   */
  Op scatter(Ops tf, Operand<TInt32> rows, Operand<TFloat32> values) {
    Weight.RowPartition partition = Weight.RowPartition.of(tf, shards.size(), rows);
    List<Operand<TFloat32>> parts = partition.values(tf, values);
    List<Op> updates = new ArrayList<>();
    for (int shard = 0; shard < shards.size(); shard++) {
      Weight.Shard to = shards.get(shard);
      updates.add(
          to.home()
              .on(tf)
              .resourceScatterUpdate(to.handle(), partition.local().get(shard), parts.get(shard)));
    }
    return together(tf, updates);
  }

  /** The op that writes the whole variable. */
  Op assign(Ops tf, Operand<TFloat32> whole) {
    List<Op> assignments = new ArrayList<>();
    for (int shard = 0; shard < shards.size(); shard++) {
      Weight.Shard to = shards.get(shard);
      assignments.add(to.home().on(tf).assignVariableOp(to.handle(), shard(tf, shard, whole)));
    }
    return together(tf, assignments);
  }
}
