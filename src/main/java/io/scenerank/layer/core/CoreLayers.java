package io.scenerank.layer.core;

import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.LayerType;

/** The types of this package. */
public final class CoreLayers {
  private CoreLayers() {}

  /** All of them. */
  public static ImmutableList<LayerType> types() {
    return ImmutableList.of(Dense.TYPE, Embedding.TYPE, ActivationLayer.TYPE);
  }
}
