package io.scenerank.layer.base;

import io.scenerank.variable.LayerScope.Training;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TFloating;

/**
 * Where a call of a layer is added.
 *
 * @param tf the graph
 * @param training present in the training form
 * @param number number of this call among those of the layer in one forward pass, from 0
 */
public record CallContext(Ops tf, Optional<Training> training, int number) {

  /** A number of the type of {@code like}. */
  public Operand<TFloating> number(Operand<TFloating> like, double value) {
    return Casts.number(tf, like, value);
  }
}
