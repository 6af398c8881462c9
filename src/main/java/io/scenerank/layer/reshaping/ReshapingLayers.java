package io.scenerank.layer.reshaping;

import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.LayerType;

/** The types of this package. */
public final class ReshapingLayers {
  private ReshapingLayers() {}

  /** All of them. */
  public static ImmutableList<LayerType> types() {
    return ImmutableList.of(
        Flatten.TYPE,
        Reshape.TYPE,
        Permute.TYPE,
        RepeatVector.TYPE,
        Cropping1D.TYPE,
        ZeroPadding1D.TYPE,
        UpSampling1D.TYPE);
  }
}
