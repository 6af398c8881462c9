package io.scenerank.layer.normalization;

import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.BuildScope;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Norms;
import io.scenerank.layer.base.Sizes;

/**
 * Keras' {@code UnitNormalization}: {@code x / norm(x)} along some axes. The factor is at most 1e12
 * in Keras 3, 1e6 in Keras 2. [B, …] → [B, …].
 */
final class UnitNormalization extends Layer {
  static final LayerType TYPE =
      LayerType.of("UnitNormalization", UnitNormalization::new).argument("axis", -1);

  private static final double EPSILON = 1e-12;

  private final ImmutableList<Integer> axes;

  private UnitNormalization(LayerConfig config) {
    super(config);
    this.axes = config.integers("axis");
  }

  @Override
  public Masking masking() {
    return Masking.PASS;
  }

  @Override
  public Call build(BuildScope scope, Arguments<MaskedTensor> inputs) {
    int[] over = Sizes.axes(axes, inputs.only().rank());
    return unary(
        (context, x) ->
            config().generation() == 2
                ? Norms.unitOfKeras2(context.tf(), x, over)
                : Norms.unit(context.tf(), x, over, EPSILON));
  }
}
