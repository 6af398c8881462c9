package io.scenerank.layer.normalization;

import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.Casts;
import io.scenerank.layer.base.Layer.Variable;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TFloating;

/** Moments that follow those of the batches. */
final class MovingMoments {
  private final Follower mean;
  private final Follower variance;

  /**
   * @param mean [n]
   * @param variance [n]
   * @param momentum share of the old value in a new one
   */
  MovingMoments(Variable mean, Variable variance, float momentum) {
    this.mean = new Follower(mean, momentum);
    this.variance = new Follower(variance, momentum);
  }

  /**
   * The values in the type of {@code like}.
   *
   * @param shape that fits it
   */
  Moments read(Ops tf, Operand<TFloating> like, long[] shape) {
    return new Moments(
        Moments.shaped(tf, mean.variable, like, shape),
        Moments.shaped(tf, variance.variable, like, shape));
  }

  /** Moves the values towards a batch's; several calls in a step do so one after the other. */
  ImmutableList<Op> follow(Ops tf, Moments batch) {
    return ImmutableList.of(mean.follow(tf, batch.mean()), variance.follow(tf, batch.variance()));
  }

  /** One variable that follows a value. */
  private static final class Follower {
    private final Variable variable;
    private final float momentum;
    private Operand<TFloat32> current;
    private List<Op> before = List.of();

    Follower(Variable variable, float momentum) {
      this.variable = variable;
      this.momentum = momentum;
      this.current = variable.value();
    }

    Op follow(Ops tf, Operand<TFloating> value) {
      Operand<TFloat32> flat =
          tf.reshape(Casts.to(tf, value, TFloat32.class), tf.constant(variable.shape().asArray()));
      current =
          tf.math.add(
              tf.math.mul(current, tf.constant(momentum)),
              tf.math.mul(flat, tf.constant(1f - momentum)));
      Op assign =
          variable
              .weight()
              .home()
              .on(tf)
              .withControlDependencies(before)
              .assignVariableOp(variable.weight().handle(), current);
      before = List.of(assign);
      return assign;
    }
  }
}
