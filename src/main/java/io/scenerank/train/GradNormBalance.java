package io.scenerank.train;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.train.Loss.LossWeights;
import io.scenerank.train.optimizer.Optimizer.OptimizerContext;
import io.scenerank.train.optimizer.OptimizerFactory.OptimizerType;
import io.scenerank.variable.Weight;
import io.scenerank.variable.WeightStore;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;

/** The loss with weights by the norms of the tasks' gradients, {@link LossWeights.GradNorm}. */
final class GradNormBalance implements LossBalance {
  /** A weight that Adam has brought below 0 would never come back. */
  private static final float LEAST = 1e-3f;

  private final Ops tf;
  private final WeightStore variables;
  private final LossWeights.GradNorm settings;
  private final LossBuilder.OfTasks losses;
  private final Operand<TFloat32> norms;
  private final Weight weights;
  private final Weight firstLosses;
  private final Weight steps;

  /**
   * @param variables where the variables are created
   * @param norms of the gradients of the tasks' losses, each loss counted once, [T]
   */
  GradNormBalance(
      Ops tf,
      WeightStore variables,
      LossWeights.GradNorm settings,
      LossBuilder.OfTasks losses,
      Operand<TFloat32> norms) {
    this.tf = tf;
    this.variables = variables;
    this.settings = settings;
    this.losses = losses;
    this.norms = norms;
    int tasks = losses.each().size();
    this.weights = LossBalance.variable(variables, "weights", tasks, 1);
    this.firstLosses = LossBalance.variable(variables, "first_losses", tasks, 0);
    this.steps = LossBalance.variable(variables, "steps", 1, 0);
  }

  @Override
  public Operand<TFloat32> loss() {
    return sum(tf, tf.math.mul(factors(), losses.together()));
  }

  @Override
  public Operand<TFloat32> factors() {
    return weights.value();
  }

  @Override
  public ImmutableMap<Weight, Operand<TFloat32>> gradients() {
    return ImmutableMap.of();
  }

  /** Algorithm 1 of the paper, without the update of the model's variables. */
  @Override
  public ImmutableList<Op> updates() {
    Operand<TFloat32> zero = tf.constant(0f);
    Operand<TBool> labelled = tf.math.greater(losses.weights(), zero); // [T]
    Operand<TFloat32> counted = tf.dtypes.cast(labelled, TFloat32.class);
    Operand<TFloat32> ofRows = tf.math.divNoNan(losses.together(), losses.weights());
    Operand<TFloat32> known = firstLosses.value();
    Operand<TFloat32> first = tf.select(tf.math.equal(known, zero), ofRows, known);
    Operand<TFloat32> ratios = tf.math.divNoNan(ofRows, first);
    Operand<TFloat32> rates = tf.math.divNoNan(ratios, mean(ratios, counted));
    Operand<TFloat32> weighted = tf.math.mul(factors(), norms); // G
    Operand<TFloat32> targets =
        tf.math.mul(mean(weighted, counted), tf.math.pow(rates, tf.constant(settings.alpha())));
    Operand<TFloat32> gradient =
        tf.math.mul(tf.math.mul(tf.math.sign(tf.math.sub(weighted, targets)), norms), counted);
    Operand<TFloat32> step = tf.math.add(steps.value(), tf.constant(new float[] {1}));
    return ImmutableList.of(
        update(gradient, tf.reshape(step, tf.constant(new int[0]))),
        tf.assignVariableOp(firstLosses.handle(), first),
        tf.assignVariableOp(steps.handle(), step));
  }

  private Op update(Operand<TFloat32> gradient, Operand<TFloat32> step) {
    OptimizerContext context =
        new OptimizerContext(tf, variables, tf.constant(settings.learningRate()), step);
    Op stepped = OptimizerType.ADAM.create(context).apply(weights, 0, gradient);
    Ops then = tf.withControlDependencies(stepped);
    Operand<TFloat32> positive =
        then.math.maximum(
            then.readVariableOp(weights.handle(), TFloat32.class), then.constant(LEAST));
    Operand<TFloat32> tasks = then.constant((float) losses.each().size());
    return then.assignVariableOp(
        weights.handle(), then.math.mul(positive, then.math.div(tasks, sum(then, positive))));
  }

  /** The mean over the tasks with labels, scalar. */
  private Operand<TFloat32> mean(Operand<TFloat32> values, Operand<TFloat32> counted) {
    return tf.math.divNoNan(sum(tf, tf.math.mul(values, counted)), sum(tf, counted));
  }

  private static Operand<TFloat32> sum(Ops tf, Operand<TFloat32> values) {
    return tf.reduceSum(values, tf.constant(new int[] {0}));
  }

  @Override
  public WeightStore variables() {
    return variables;
  }
}
