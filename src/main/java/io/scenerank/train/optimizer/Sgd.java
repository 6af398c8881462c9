package io.scenerank.train.optimizer;

import io.scenerank.train.optimizer.Optimizer.OptimizerContext;
import io.scenerank.variable.Weight;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Gradient descent, {@code w -= lr · g}; a row without a gradient does not move in any form. */
final class Sgd implements Optimizer {
  private final OptimizerContext context;

  Sgd(OptimizerContext context) {
    this.context = context;
  }

  @Override
  public Op apply(Weight weight, int shard, Operand<TFloat32> gradient) {
    return context
        .tf()
        .train
        .resourceApplyGradientDescent(
            weight.shards().get(shard).handle(), context.learningRate(), gradient);
  }

  @Override
  public Op applyRows(Weight table, int shard, Operand<TInt32> rows, Operand<TFloat32> gradient) {
    Ops tf = context.tf();
    return tf.resourceScatterSub(
        table.shards().get(shard).handle(), rows, tf.math.mul(gradient, context.learningRate()));
  }
}
