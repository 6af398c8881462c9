package io.scenerank.train.optimizer;

import io.scenerank.train.optimizer.Optimizer.OptimizerContext;
import io.scenerank.variable.Initializer;
import io.scenerank.variable.Weight;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Adagrad in Keras' form: {@code a += g²; w -= lr · g / sqrt(a + epsilon)} with a starting at 0.1
 * and epsilon 1e-7; a row without a gradient does not move in any form.
 *
 * <p>Source: Adagrad (Duchi et al., 2011).
 */
final class Adagrad implements Optimizer {
  private static final float INITIAL_ACCUMULATOR = 0.1f;
  private static final float EPSILON = 1e-7f;

  private final OptimizerContext context;

  Adagrad(OptimizerContext context) {
    this.context = context;
  }

  @Override
  public Op apply(Weight weight, int shard, Operand<TFloat32> gradient) {
    Ops tf = context.tf();
    Weight.Shard accumulator = slot(weight, shard);
    Operand<TFloat32> old = tf.readVariableOp(accumulator.handle(), TFloat32.class);
    Operand<TFloat32> updated = tf.math.add(old, tf.math.square(gradient));
    Op assign = tf.assignVariableOp(accumulator.handle(), updated);
    return tf.withControlDependencies(assign)
        .assignSubVariableOp(weight.shards().get(shard).handle(), update(tf, gradient, updated));
  }

  @Override
  public Op applyRows(Weight table, int shard, Operand<TInt32> rows, Operand<TFloat32> gradient) {
    Ops tf = context.tf();
    Weight.Shard accumulator = slot(table, shard);
    Operand<TFloat32> old = tf.resourceGather(accumulator.handle(), rows, TFloat32.class);
    Operand<TFloat32> updated = tf.math.add(old, tf.math.square(gradient)); // [u, D]
    Op scatter = tf.resourceScatterUpdate(accumulator.handle(), rows, updated);
    return tf.withControlDependencies(scatter)
        .resourceScatterSub(
            table.shards().get(shard).handle(), rows, update(tf, gradient, updated));
  }

  private Operand<TFloat32> update(
      Ops tf, Operand<TFloat32> gradient, Operand<TFloat32> accumulator) {
    return tf.math.div(
        tf.math.mul(gradient, context.learningRate()),
        tf.math.sqrt(tf.math.add(accumulator, tf.constant(EPSILON))));
  }

  private Weight.Shard slot(Weight weight, int shard) {
    return context.slot("accumulator", weight, shard, Initializer.constant(INITIAL_ACCUMULATOR));
  }
}
