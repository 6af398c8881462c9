package io.scenerank.train;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.train.Loss.LossWeights;
import io.scenerank.variable.Weight;
import io.scenerank.variable.WeightStore;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The loss with weights by the tasks' uncertainty, {@link LossWeights.Uncertainty}: with {@code s =
 * log σ²}, a mean row weight m and c = 1/2 for a regression, else 1, the sum of {@code c exp(-s) L
 * + m s / 2}.
 */
final class UncertaintyBalance implements LossBalance {
  private final WeightStore variables;
  private final Weight logVariances;
  private final Operand<TFloat32> factors;
  private final Operand<TFloat32> loss;
  private final Operand<TFloat32> gradient;

  /**
   * @param variables where the variable is created
   * @param first each task's factor where {@code s} is 0
   */
  UncertaintyBalance(Ops tf, WeightStore variables, LossBuilder.OfTasks losses, float[] first) {
    this.variables = variables;
    this.logVariances = LossBalance.variable(variables, "log_variances", first.length, 0);
    Operand<TFloat32> s = logVariances.value(); // [T]
    this.factors = tf.math.mul(tf.constant(first), tf.math.exp(tf.math.neg(s)));
    Operand<TFloat32> weighted = tf.math.mul(factors, losses.together());
    Operand<TFloat32> half = tf.math.mul(losses.weights(), tf.constant(0.5f));
    this.loss =
        tf.reduceSum(tf.math.add(weighted, tf.math.mul(half, s)), tf.constant(new int[] {0}));
    this.gradient = tf.math.sub(half, weighted);
  }

  @Override
  public Operand<TFloat32> loss() {
    return loss;
  }

  @Override
  public Operand<TFloat32> factors() {
    return factors;
  }

  @Override
  public ImmutableMap<Weight, Operand<TFloat32>> gradients() {
    return ImmutableMap.of(logVariances, gradient);
  }

  @Override
  public ImmutableList<Op> updates() {
    return ImmutableList.of();
  }

  @Override
  public WeightStore variables() {
    return variables;
  }
}
