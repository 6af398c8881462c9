package io.scenerank.layer.core;

import io.scenerank.layer.base.ActivationFormulas;
import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.BuildScope;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.MaskedTensor;

/** Keras' {@code ReLU}: x above a threshold, with a slope below and a limit. [B, …] → [B, …]. */
final class Relu extends Layer {
  static final LayerType TYPE =
      LayerType.of("ReLU", Relu::new)
          .argument("max_value", null)
          .argument("negative_slope", 0.0)
          .argument("threshold", 0.0);

  private final double most;
  private final double slope;
  private final double threshold;

  private Relu(LayerConfig config) {
    super(config);
    this.most =
        config.has("max_value")
            ? Elementwise.notNegative(config, "max_value")
            : Double.POSITIVE_INFINITY;
    this.slope = Elementwise.notNegative(config, "negative_slope");
    this.threshold = Elementwise.notNegative(config, "threshold");
  }

  @Override
  public Masking masking() {
    return Masking.PASS;
  }

  @Override
  public Call build(BuildScope scope, Arguments<MaskedTensor> inputs) {
    return unary((context, x) -> ActivationFormulas.relu(context.tf(), x, slope, most, threshold));
  }
}
