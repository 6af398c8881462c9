package io.scenerank.train;

import io.scenerank.layer.Weight;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Gradients of embedding tables, with their regularisers. By rows, the regulariser too counts only
 * the rows that the batch touches; otherwise it counts the whole table, as Keras has it.
 */
final class TableUpdates {
  private final Ops tf;
  private final Gradients gradients;
  private final Optimizer optimizer;
  private final List<Operand<TFloat32>> regularisers = new ArrayList<>();

  TableUpdates(Ops tf, Gradients gradients, Optimizer optimizer) {
    this.tf = tf;
    this.gradients = gradients;
    this.optimizer = optimizer;
  }

  WeightUpdate of(Weight table) {
    if (!optimizer.byRows()) {
      return WeightUpdate.whole(table, regularised(table, gradients.dense(table), table::value));
    }
    Gradients.UniqueRows rows = gradients.rows(table);
    return new WeightUpdate(
        table,
        Optional.of(rows.rows()),
        regularised(
            table,
            rows.values(),
            () -> tf.resourceGather(table.handle(), rows.rows(), TFloat32.class)));
  }

  private Operand<TFloat32> regularised(
      Weight table, Operand<TFloat32> gradient, Supplier<Operand<TFloat32>> values) {
    if (table.l2Reg() == 0) {
      return gradient;
    }
    Operand<TFloat32> value = values.get();
    regularisers.add(LossBuilder.l2(tf, table.l2Reg(), value));
    return tf.math.add(gradient, tf.math.mul(value, tf.constant(2 * table.l2Reg())));
  }

  /** The loss with the tables' regularisers; call it after the updates are built. */
  Operand<TFloat32> addRegularisers(Operand<TFloat32> loss) {
    Operand<TFloat32> sum = loss;
    for (Operand<TFloat32> regulariser : regularisers) {
      sum = tf.math.add(sum, regulariser);
    }
    return sum;
  }
}
