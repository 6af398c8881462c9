package io.scenerank.layer.regularization;

import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.BuildScope;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Noise;
import io.scenerank.layer.base.Sizes;
import java.util.List;
import java.util.Optional;
import org.tensorflow.op.Ops;

/**
 * Keras' {@code SpatialDropout1D}: in training, a channel is dropped at all steps of a row or at
 * none. [B, L, D] → [B, L, D].
 *
 * <p>Source: Efficient Object Localization Using Convolutional Networks (Tompson et al., 2014),
 * section 3.2.
 */
final class SpatialDropout1D extends Layer {
  static final LayerType TYPE =
      NoiseShape.arguments(LayerType.of("SpatialDropout1D", SpatialDropout1D::new));

  private final double rate;

  private SpatialDropout1D(LayerConfig config) {
    super(config);
    this.rate = NoiseShape.share(config, "rate");
  }

  @Override
  public Masking masking() {
    return Masking.PASS;
  }

  @Override
  public Call build(BuildScope scope, Arguments<MaskedTensor> inputs) {
    Sizes.requireRank(inputs.only(), 3);
    Noise noise = Noise.of(scope, config());
    return unary(
        (context, x) -> {
          Ops tf = context.tf();
          return noise.dropout(
              context,
              x,
              rate,
              Optional.of(List.of(Sizes.of(tf, x, 0), tf.constant(1), Sizes.of(tf, x, 2))));
        });
  }
}
