package io.scenerank.layer.core;

import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.BuildScope;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.MaskedTensor;

/** Keras' {@code Identity}: its input, of any structure. */
final class Identity extends Layer {
  static final LayerType TYPE = LayerType.of("Identity", Identity::new);

  private Identity(LayerConfig config) {
    super(config);
  }

  @Override
  public Masking masking() {
    return Masking.OWN;
  }

  @Override
  public Call build(BuildScope scope, Arguments<MaskedTensor> inputs) {
    return (context, arguments) -> arguments.get("inputs", 0);
  }
}
