package io.scenerank.layer.preprocessing;

import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.BuildScope;
import io.scenerank.layer.base.Casts;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Structure;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TFloating;

/**
 * Keras' {@code Rescaling}: {@code x · scale + offset}. Input and output [B, …]. Source: Keras'
 * layer of this name.
 */
final class Rescaling extends Layer {
  static final LayerType TYPE =
      LayerType.of("Rescaling", Rescaling::new).argument("scale").argument("offset", 0.0);

  private final ArrayArgument scale;
  private final ArrayArgument offset;

  private Rescaling(LayerConfig config) {
    super(config);
    this.scale = ArrayArgument.of(config, "scale");
    this.offset = ArrayArgument.of(config, "offset");
  }

  @Override
  public Masking masking() {
    return config().generation() == 2 ? Masking.DROP : Masking.PASS;
  }

  @Override
  public Call build(BuildScope scope, Arguments<MaskedTensor> inputs) {
    Class<? extends TFloating> type = scope.policy().compute();
    return (context, arguments) -> {
      Ops tf = context.tf();
      Operand<TFloating> x = Casts.toFloating(tf, arguments.only().value(), type);
      Operand<TFloating> scaled = tf.math.mul(x, scale.constant(tf, scale.shape(), type));
      return Structure.leaf(
          MaskedTensor.of(tf.math.add(scaled, offset.constant(tf, offset.shape(), type))));
    };
  }
}
