package io.scenerank.layer.regularization;

import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.BuildScope;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Regularizer;
import java.util.Optional;

/**
 * Keras' {@code ActivityRegularization}: its input, whose absolute values and squares are terms of
 * the loss in training. [B, …] → [B, …].
 */
final class ActivityRegularization extends Layer {
  static final LayerType TYPE =
      LayerType.of("ActivityRegularization", ActivityRegularization::new)
          .argument("l1", 0.0)
          .argument("l2", 0.0);

  private final Regularizer regularizer;

  private ActivityRegularization(LayerConfig config) {
    super(config);
    this.regularizer =
        new Regularizer.L1L2((float) config.number("l1"), (float) config.number("l2"));
  }

  @Override
  protected Optional<Regularizer> activityRegularizer() {
    return Optional.of(regularizer);
  }

  @Override
  public Masking masking() {
    return Masking.PASS;
  }

  @Override
  public Call build(BuildScope scope, Arguments<MaskedTensor> inputs) {
    return unary((context, x) -> x);
  }
}
