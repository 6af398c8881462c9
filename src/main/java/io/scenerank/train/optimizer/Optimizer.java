package io.scenerank.train.optimizer;

import io.scenerank.variable.Weight;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Adds the updates of one training step to a graph, on the device of the context's ops. */
public interface Optimizer {
  /**
   * Updates a whole variable, or a whole shard of it, with a gradient of its shape.
   *
   * @param shard which of the variable's resources
   */
  Op apply(Weight weight, int shard, Operand<TFloat32> gradient);

  /**
   * Updates some rows of a table.
   *
   * @param shard which of the table's resources
   * @param rows its own numbers of the rows, [u], each row once
   * @param gradient [u, D]
   */
  Op applyRows(Weight table, int shard, Operand<TInt32> rows, Operand<TFloat32> gradient);
}
