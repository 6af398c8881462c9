package io.scenerank.variable;

import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** All of one value. */
record ConstantInitializer(float value) implements Initializer {
  @Override
  public Operand<TFloat32> call(Ops tf, Shape shape, int seed) {
    return tf.fill(tf.constant(shape.asArray()), tf.constant(value));
  }

  @Override
  public Operand<TFloat32> rows(Ops tf, Shape shape, int seed, long first, long count) {
    return call(tf, shape.tail().prepend(count), seed);
  }
}
