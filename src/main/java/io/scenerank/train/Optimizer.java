package io.scenerank.train;

import com.google.common.collect.ImmutableList;
import io.scenerank.layer.Weight;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Adds the updates of one training step to a graph. */
public interface Optimizer {
  /** Updates a whole variable with a gradient of its shape. */
  Op apply(Weight weight, Operand<TFloat32> gradient);

  /**
   * Updates some rows of a table.
   *
   * @param rows [u], each row once
   * @param gradient [u, D]
   */
  Op applyRows(Weight table, Operand<TInt32> rows, Operand<TFloat32> gradient);

  /** Whether a table is updated by rows; otherwise its gradient is dense over the table. */
  boolean byRows();

  /** The slots that the updates so far have created, in the order of creation. */
  ImmutableList<Weight> slots();
}
