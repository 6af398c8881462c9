package io.scenerank.train.optimizer;

import com.google.common.collect.ImmutableList;
import io.scenerank.variable.Placement;
import io.scenerank.variable.Shapes;
import io.scenerank.variable.Weight;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Unique;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Gradients of embedding tables, with their regularisers, each shard's on its home. By rows, the
 * regulariser too counts only the rows that the batch touches; otherwise it counts the whole table,
 * as Keras has it.
 */
final class TableGradients {
  private final Ops tf;
  private final boolean byRows;
  private final boolean byLookUps;
  private final DeviceSums regularisers;

  /**
   * @param optimizer says whether a gradient is that of the rows that were touched
   */
  TableGradients(Ops tf, OptimizerFactory optimizer) {
    this.tf = tf;
    this.byRows = optimizer.byRows();
    this.byLookUps = optimizer.byLookUps();
    this.regularisers = new DeviceSums();
  }

  /**
   * The gradients of a table's rows on their way to the shards.
   *
   * @param rows the shard's own numbers, for each shard
   * @param values gradients of these rows, for each shard
   */
  private record Sorted(
      ImmutableList<Operand<TInt32>> rows, ImmutableList<Operand<TFloat32>> values) {
    static Sorted of(Gradients gradients, Weight table) {
      Gradients.UniqueRows unique = gradients.rows(table);
      Weight.RowPartition partition =
          Weight.RowPartition.of(gradients.tf(), table.shards().size(), unique.rows());
      return new Sorted(partition.local(), partition.values(gradients.tf(), unique.values()));
    }
  }

  /**
   * The updates of a table, one for each shard.
   *
   * @param gradients those of every worker, which sum up
   * @param number of the table among {@link Gradients#tables}
   */
  List<WeightUpdate> of(List<Gradients> gradients, int number) {
    Weight table = gradients.get(0).tables().get(number);
    if (byLookUps && gradients.size() == 1 && !table.isRemote() && table.l2Reg() == 0) {
      Gradients.RowGradient lookUps = gradients.get(0).lookUps(table);
      return List.of(new WeightUpdate(table, 0, Optional.of(lookUps.rows()), lookUps.values()));
    }
    if (!byRows && gradients.size() == 1 && !table.isRemote()) {
      Operand<TFloat32> dense = gradients.get(0).dense(table);
      return List.of(
          WeightUpdate.whole(table, regularised(table.home(), table, dense, table::value)));
    }
    List<Sorted> workers =
        gradients.stream().map(all -> Sorted.of(all, all.tables().get(number))).toList();
    List<WeightUpdate> updates = new ArrayList<>();
    for (int shard = 0; shard < table.shards().size(); shard++) {
      int index = shard;
      Gradients.UniqueRows sum =
          sum(
              table.shards().get(shard).home().on(tf),
              workers.stream().map(worker -> worker.rows().get(index)).toList(),
              workers.stream().map(worker -> worker.values().get(index)).toList());
      updates.add(byRows ? ofRows(table, shard, sum) : ofShard(table, shard, sum));
    }
    return updates;
  }

  private static Gradients.UniqueRows sum(
      Ops there, List<Operand<TInt32>> rows, List<Operand<TFloat32>> values) {
    if (rows.size() == 1) {
      return new Gradients.UniqueRows(rows.get(0), values.get(0));
    }
    Unique<TInt32, TInt32> unique =
        there.unique(Shapes.concat(there, rows, 0), there.constant(new long[] {0}));
    return new Gradients.UniqueRows(
        unique.y(),
        there.math.unsortedSegmentSum(
            Shapes.concat(there, values, 0), unique.idx(), there.size(unique.y()))); // [u, D]
  }

  private WeightUpdate ofRows(Weight table, int shard, Gradients.UniqueRows sum) {
    Weight.Shard to = table.shards().get(shard);
    Ops there = to.home().on(tf);
    return new WeightUpdate(
        table,
        shard,
        Optional.of(sum.rows()),
        regularised(
            to.home(),
            table,
            sum.values(),
            () -> there.resourceGather(to.handle(), sum.rows(), TFloat32.class)));
  }

  private WeightUpdate ofShard(Weight table, int shard, Gradients.UniqueRows sum) {
    Weight.Shard to = table.shards().get(shard);
    Ops there = to.home().on(tf);
    Operand<TFloat32> dense =
        there.math.unsortedSegmentSum(
            sum.values(), sum.rows(), there.constant(to.shape().get(0))); // [rows of the shard, D]
    return new WeightUpdate(
        table,
        shard,
        Optional.empty(),
        regularised(
            to.home(), table, dense, () -> there.readVariableOp(to.handle(), TFloat32.class)));
  }

  private Operand<TFloat32> regularised(
      Placement.VariableDevice home,
      Weight table,
      Operand<TFloat32> gradient,
      Supplier<Operand<TFloat32>> values) {
    if (table.l2Reg() == 0) {
      return gradient;
    }
    Ops there = home.on(tf);
    Operand<TFloat32> value = values.get();
    regularisers.add(home, table.l2(there, value));
    return there.math.add(gradient, there.math.mul(value, there.constant(2 * table.l2Reg())));
  }

  /** The regularisers of the tables whose updates were built. */
  DeviceSums regularisers() {
    return regularisers;
  }
}
