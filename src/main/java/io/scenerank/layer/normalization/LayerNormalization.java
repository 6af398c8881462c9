package io.scenerank.layer.normalization;

import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.BuildScope;
import io.scenerank.layer.base.Casts;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.Layer.Variable;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Sizes;
import java.util.Arrays;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.math.Mean;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TFloating;

/**
 * Keras' {@code LayerNormalization}: {@code gamma · (x - mean) / sqrt(variance + epsilon) + beta},
 * with the moments of each row's values along some axes. With {@code rms_scaling}, {@code gamma · x
 * / sqrt(variance + epsilon)}.
 *
 * <p>Input and output [B, …]. Variables {@code gamma} (ones) and {@code beta} (zeros) of the shape
 * of these axes. Source: Layer Normalization (Ba et al., 2016), section 3.
 */
final class LayerNormalization extends Layer {
  static final LayerType TYPE =
      ScaleAndOffset.arguments(
          LayerType.of("LayerNormalization", LayerNormalization::new)
              .argument("axis", -1)
              .argument("epsilon", 1e-3)
              .argument("rms_scaling", false));

  private final ImmutableList<Integer> axes;
  private final double epsilon;
  private final boolean rmsScaling;

  private LayerNormalization(LayerConfig config) {
    super(config);
    this.axes = config.integers("axis");
    this.epsilon = config.number("epsilon");
    this.rmsScaling = config.flag("rms_scaling");
  }

  @Override
  public Masking masking() {
    return Masking.PASS;
  }

  @Override
  public boolean autocasts() {
    return false;
  }

  @Override
  public Call build(BuildScope scope, Arguments<MaskedTensor> inputs) {
    MaskedTensor first = inputs.only();
    int[] over = Sizes.axes(axes, first.rank());
    Shape shape = Shape.of(Arrays.stream(over).mapToLong(first::size).toArray());
    long[] fitting = fitting(first, over);
    if (rmsScaling) {
      Variable gamma = scope.add("gamma", shape, config(), "gamma");
      return unary(
          (context, x) ->
              Casts.toFloating(
                  context.tf(),
                  scaled(context.tf(), Moments.widened(context.tf(), x), over, gamma, fitting),
                  scope.policy().compute()));
    }
    ScaleAndOffset variables = ScaleAndOffset.create(scope, config(), shape);
    return unary(
        (context, x) -> {
          Ops tf = context.tf();
          Operand<TFloating> wide = Moments.widened(tf, x);
          Moments moments = Moments.along(tf, wide, over);
          return Casts.toFloating(
              tf,
              variables.normalize(tf, wide, moments, epsilon, fitting),
              scope.policy().compute());
        });
  }

  private Operand<TFloating> scaled(
      Ops tf, Operand<TFloating> x, int[] over, Variable gamma, long[] fitting) {
    Operand<TInt32> along = tf.constant(over);
    Operand<TFloating> mean = tf.math.mean(x, along, Mean.keepDims(true));
    Operand<TFloating> variance =
        tf.math.mean(tf.math.squaredDifference(x, mean), along, Mean.keepDims(true));
    Operand<TFloating> root =
        tf.math.rsqrt(tf.math.add(variance, Casts.number(tf, variance, epsilon)));
    return tf.math.mul(tf.math.mul(x, root), Moments.shaped(tf, gamma, x, fitting));
  }

  /** The sizes of some axes, 1 for the others. */
  static long[] fitting(MaskedTensor x, int... axes) {
    long[] shape = new long[x.rank()];
    Arrays.fill(shape, 1);
    for (int axis : axes) {
      shape[axis] = x.size(axis);
    }
    return shape;
  }
}
