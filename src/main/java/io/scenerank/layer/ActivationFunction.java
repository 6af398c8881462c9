package io.scenerank.layer;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** An activation whose variables, if it has any, exist. */
@FunctionalInterface
public interface ActivationFunction {
  /** Element by element; the shape stays. */
  Operand<TFloat32> call(Ops tf, Operand<TFloat32> x);
}
