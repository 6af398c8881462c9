package io.scenerank.layer.core;

import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.BuildScope;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.Layer.Variable;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Sizes;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TFloating;

/**
 * Keras' {@code PReLU}: {@code max(x, 0) + alpha · min(x, 0)}.
 *
 * <p>Input and output [B, …]. Variable {@code alpha} of a row's shape, with 1 on shared axes.
 * Source: Delving Deep into ActivationFormulas (He et al., 2015), section 2.1.
 */
final class Prelu extends Layer {
  static final LayerType TYPE =
      LayerType.of("PReLU", Prelu::new).variable("alpha", "zeros").argument("shared_axes", null);

  private final ImmutableList<Integer> shared;

  private Prelu(LayerConfig config) {
    super(config);
    this.shared = config.has("shared_axes") ? config.integers("shared_axes") : ImmutableList.of();
  }

  @Override
  public Masking masking() {
    return Masking.PASS;
  }

  @Override
  public Call build(BuildScope scope, Arguments<MaskedTensor> inputs) {
    Variable alpha = scope.add("alpha", shape(inputs.only()), config(), "alpha");
    return unary(
        (context, x) -> {
          Ops tf = context.tf();
          Operand<TFloating> below = tf.nn.relu(tf.math.neg(x)); // [B, …]
          return tf.math.sub(tf.nn.relu(x), tf.math.mul(alpha.read(tf), below)); // [B, …]
        });
  }

  private Shape shape(MaskedTensor x) {
    long[] sizes = new long[x.rank() - 1];
    for (int axis = 1; axis < x.rank(); axis++) {
      sizes[axis - 1] = shared.contains(axis) ? 1 : x.size(axis);
    }
    for (int axis : shared) {
      if (Sizes.axis(axis, x.rank()) == 0 || axis < 0) {
        throw new IllegalArgumentException(
            "shared_axes is " + shared + ", expected axes from 1 to " + (x.rank() - 1));
      }
    }
    return Shape.of(sizes);
  }
}
