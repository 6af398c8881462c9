package io.scenerank.layer.regularization;

import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.LayerType;

/** The types of this package. */
public final class RegularizationLayers {
  private RegularizationLayers() {}

  /** All of them. */
  public static ImmutableList<LayerType> types() {
    return ImmutableList.of(
        Dropout.TYPE,
        SpatialDropout1D.TYPE,
        AlphaDropout.TYPE,
        GaussianLayer.DROPOUT,
        GaussianLayer.NOISE,
        ActivityRegularization.TYPE);
  }
}
