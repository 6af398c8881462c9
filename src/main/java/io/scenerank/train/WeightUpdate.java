package io.scenerank.train;

import io.scenerank.layer.Weight;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * A gradient on its way to an optimizer.
 *
 * @param rows of a table, [u], each once; empty for the whole variable
 * @param gradient of the variable's shape, or [u, D]; regularisers counted in
 */
record WeightUpdate(Weight weight, Optional<Operand<TInt32>> rows, Operand<TFloat32> gradient) {

  /** Of a whole variable. */
  static WeightUpdate whole(Weight weight, Operand<TFloat32> gradient) {
    return new WeightUpdate(weight, Optional.empty(), gradient);
  }

  WeightUpdate withGradient(Operand<TFloat32> value) {
    return new WeightUpdate(weight, rows, value);
  }

  Op apply(Optimizer optimizer) {
    return rows.isPresent()
        ? optimizer.applyRows(weight, rows.get(), gradient)
        : optimizer.apply(weight, gradient);
  }
}
