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
import io.scenerank.variable.Initializer;
import java.util.Arrays;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.math.Mean;
import org.tensorflow.types.family.TFloating;

/**
 * Keras' {@code RMSNormalization}: {@code scale · x / sqrt(mean(x²) + epsilon)}. It drops the mask.
 *
 * <p>Input and output [B, …]. Variable {@code scale} (ones) of the shape of the axes. Source: Root
 * Mean Square Layer Normalization (Zhang and Sennrich, 2019), section 4.
 */
final class RmsNormalization extends Layer {
  static final LayerType TYPE =
      LayerType.of("RMSNormalization", RmsNormalization::new)
          .argument("axis", -1)
          .argument("epsilon", 1e-6);

  private final ImmutableList<Integer> axes;
  private final double epsilon;

  private RmsNormalization(LayerConfig config) {
    super(config);
    this.axes = config.integers("axis");
    this.epsilon = config.number("epsilon");
  }

  @Override
  public Call build(BuildScope scope, Arguments<MaskedTensor> inputs) {
    MaskedTensor first = inputs.only();
    int[] over = Sizes.axes(axes, first.rank());
    Shape shape = Shape.of(Arrays.stream(over).mapToLong(first::size).toArray());
    Variable scale = scope.add("scale", shape, Initializer.constant(1f), Optional.empty());
    return unary(
        (context, x) -> {
          Ops tf = context.tf();
          Operand<TFloating> wide = Moments.widened(tf, x);
          Operand<TFloating> mean =
              tf.math.mean(tf.math.square(wide), tf.constant(over), Mean.keepDims(true));
          Operand<TFloating> root = tf.math.rsqrt(tf.math.add(mean, context.number(mean, epsilon)));
          // As in Keras the scale fits the last axes of the input, whichever the axes are.
          Operand<TFloating> factor = Moments.shaped(tf, scale, wide, shape.asArray());
          return Casts.toFloating(tf, tf.math.mul(tf.math.mul(wide, root), factor), x.type());
        });
  }
}
