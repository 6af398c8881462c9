package io.scenerank.train.optimizer;

import io.scenerank.train.optimizer.Optimizer.OptimizerContext;
import io.scenerank.variable.Initializer;
import io.scenerank.variable.Weight;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.train.ResourceApplyAdam;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Adam in Keras' form: {@code w -= lr · sqrt(1 - b2^t) / (1 - b1^t) · m / (sqrt(v) + epsilon)} with
 * beta 0.9 and 0.999 and epsilon 1e-7.
 *
 * <p>The exact form updates every row of a table in every step, also those that no id of the batch
 * names, because their moments decay. The lazy form leaves them alone, so that a step's cost does
 * not depend on the vocabulary. Source: Adam (Kingma and Ba, 2015), section 2, last paragraph.
 */
final class Adam implements Optimizer {
  private static final float BETA_1 = 0.9f;
  private static final float BETA_2 = 0.999f;
  private static final float EPSILON = 1e-7f;

  private final OptimizerContext context;
  private final Operand<TFloat32> beta1Power;
  private final Operand<TFloat32> beta2Power;
  private final Operand<TFloat32> alpha;

  Adam(OptimizerContext context) {
    this.context = context;
    Ops tf = context.tf();
    this.beta1Power = tf.math.pow(tf.constant(BETA_1), context.step());
    this.beta2Power = tf.math.pow(tf.constant(BETA_2), context.step());
    Operand<TFloat32> one = tf.constant(1f);
    this.alpha =
        tf.math.div(
            tf.math.mul(context.learningRate(), tf.math.sqrt(tf.math.sub(one, beta2Power))),
            tf.math.sub(one, beta1Power));
  }

  @Override
  public Op apply(Weight weight, int shard, Operand<TFloat32> gradient) {
    Ops tf = context.tf();
    return tf.train.resourceApplyAdam(
        weight.shards().get(shard).handle(),
        slot(AdamState.M, weight, shard).handle(),
        slot(AdamState.V, weight, shard).handle(),
        beta1Power,
        beta2Power,
        context.learningRate(),
        tf.constant(BETA_1),
        tf.constant(BETA_2),
        tf.constant(EPSILON),
        gradient,
        // Two workers' updates at the same time: without a lock one would work on a copy of the
        // variable that the other has put aside, and be lost.
        ResourceApplyAdam.useLocking(true));
  }

  @Override
  public Op applyRows(Weight table, int shard, Operand<TInt32> rows, Operand<TFloat32> gradient) {
    Ops tf = context.tf();
    Operand<TFloat32> m =
        decay(tf, slot(AdamState.M, table, shard), rows, gradient, 1f - BETA_1); // [u, D]
    Operand<TFloat32> v =
        decay(
            tf,
            slot(AdamState.V, table, shard),
            rows,
            tf.math.square(gradient),
            1f - BETA_2); // [u, D]
    Operand<TFloat32> update =
        tf.math.div(tf.math.mul(m, alpha), tf.math.add(tf.math.sqrt(v), tf.constant(EPSILON)));
    return tf.resourceScatterSub(table.shards().get(shard).handle(), rows, update);
  }

  /** Moves the slot's rows towards {@code target} and returns their new values. */
  private Operand<TFloat32> decay(
      Ops tf, Weight.Shard slot, Operand<TInt32> rows, Operand<TFloat32> target, float factor) {
    Operand<TFloat32> old = tf.resourceGather(slot.handle(), rows, TFloat32.class);
    Operand<TFloat32> updated =
        tf.math.add(old, tf.math.mul(tf.math.sub(target, old), tf.constant(factor)));
    Op scatter = tf.resourceScatterUpdate(slot.handle(), rows, updated);
    // What follows depends on the scatter, so that one op at the end waits for the whole update.
    return tf.withControlDependencies(scatter).identity(updated);
  }

  private Weight.Shard slot(String name, Weight weight, int shard) {
    return context.slot(name, weight, shard, Initializer.ZEROS);
  }
}
