package io.scenerank.layer.base;

import io.scenerank.variable.Weight;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TFloating;

/**
 * A variable of a layer.
 *
 * @param weight the variable in the graph, float32
 * @param compute the type in which the layer computes
 */
public record Variable(Weight weight, Class<? extends TFloating> compute) {

  /** Its value in the type in which the layer computes. */
  public Operand<TFloating> read(Ops tf) {
    return Casts.toFloating(tf, weight.value(), compute);
  }

  /** Its value as it is kept. */
  public Operand<TFloat32> value() {
    return weight.value();
  }

  /** Its shape. */
  public Shape shape() {
    return weight.shape();
  }
}
