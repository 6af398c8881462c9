package io.scenerank.layer.normalization;

import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.LayerType;

/** The types of this package. */
public final class NormalizationLayers {
  private NormalizationLayers() {}

  /** All of them. */
  public static ImmutableList<LayerType> types() {
    return ImmutableList.of(
        BatchNormalization.TYPE,
        LayerNormalization.TYPE,
        GroupNormalization.TYPE,
        RmsNormalization.TYPE,
        UnitNormalization.TYPE,
        SpectralNormalization.TYPE);
  }
}
