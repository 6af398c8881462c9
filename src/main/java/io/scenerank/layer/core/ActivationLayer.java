package io.scenerank.layer.core;

import io.scenerank.layer.base.Activations.Activation;
import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.BuildScope;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.MaskedTensor;

/** Keras' {@code Activation}: a function of each value. Input and output [B, …]. */
final class ActivationLayer extends Layer {
  static final LayerType TYPE =
      LayerType.of("Activation", ActivationLayer::new).argument("activation");

  private final Activation activation;

  private ActivationLayer(LayerConfig config) {
    super(config);
    this.activation = config.activation("activation");
  }

  @Override
  public Masking masking() {
    return Masking.PASS;
  }

  @Override
  public Call build(BuildScope scope, Arguments<MaskedTensor> inputs) {
    return unary(activation.bind(scope));
  }
}
