package io.scenerank.layer.pooling;

import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.LayerType;

/** The types of this package. */
public final class PoolingLayers {
  private PoolingLayers() {}

  /** All of them. */
  public static ImmutableList<LayerType> types() {
    return ImmutableList.<LayerType>builder()
        .addAll(Pooling1D.TYPES)
        .addAll(GlobalPooling1D.TYPES)
        .addAll(AdaptivePooling1D.TYPES)
        .build();
  }
}
