package io.scenerank.train.optimizer;

import io.scenerank.variable.Placement;
import io.scenerank.variable.Weight;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * A gradient on its way to an optimizer.
 *
 * @param shard which of the variable's resources it is for
 * @param rows of a table, the shard's own numbers, [u], each once; empty for the whole shard
 * @param gradient of the shard's shape, or [u, D]; regularisers counted in
 * @param ofModel whether the variable is one of the model's
 */
record WeightUpdate(
    Weight weight,
    int shard,
    Optional<Operand<TInt32>> rows,
    Operand<TFloat32> gradient,
    boolean ofModel) {

  /** Of a variable of the model. */
  WeightUpdate(
      Weight weight, int shard, Optional<Operand<TInt32>> rows, Operand<TFloat32> gradient) {
    this(weight, shard, rows, gradient, true);
  }

  /** Of a variable that is none of the model's. */
  static WeightUpdate plain(Weight weight, Operand<TFloat32> gradient) {
    return new WeightUpdate(weight, 0, Optional.empty(), gradient, false);
  }

  /** Of a whole variable. */
  static WeightUpdate whole(Weight weight, Operand<TFloat32> gradient) {
    return new WeightUpdate(weight, 0, Optional.empty(), gradient);
  }

  /** Where the update is made. */
  Placement.VariableDevice home() {
    return weight.shards().get(shard).home();
  }

  /**
   * Halves of the sums of squares of all gradients. A table's gradient counts by the sums of its
   * rows.
   */
  static DeviceSums halfSquares(Ops tf, List<WeightUpdate> updates) {
    DeviceSums halves = new DeviceSums();
    updates.forEach(
        update -> halves.add(update.home(), update.home().on(tf).nn.l2Loss(update.gradient())));
    return halves;
  }

  WeightUpdate withGradient(Operand<TFloat32> value) {
    return new WeightUpdate(weight, shard, rows, value, ofModel);
  }

  /** The same on the device of these ops: one op there for each value, once it has arrived. */
  WeightUpdate arrived(Ops there) {
    return new WeightUpdate(
        weight, shard, rows.map(there::identity), there.identity(gradient), ofModel);
  }

  Op apply(Optimizer optimizer) {
    if (!ofModel) {
      return optimizer.applyPlain(weight, gradient);
    }
    return rows.isPresent()
        ? optimizer.applyRows(weight, shard, rows.get(), gradient)
        : optimizer.apply(weight, shard, gradient);
  }
}
