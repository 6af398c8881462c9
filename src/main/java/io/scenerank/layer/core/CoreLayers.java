package io.scenerank.layer.core;

import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.LayerType;

/** The types of this package. */
public final class CoreLayers {
  private CoreLayers() {}

  /** All of them. */
  public static ImmutableList<LayerType> types() {
    return ImmutableList.<LayerType>builder()
        .add(Dense.TYPE, EinsumDense.TYPE, Embedding.TYPE, Identity.TYPE, MaskingLayer.TYPE)
        .add(ActivationLayer.TYPE, Relu.TYPE, Prelu.TYPE, SoftmaxLayer.TYPE)
        .add(ReversibleEmbedding.TYPE)
        .addAll(Elementwise.TYPES)
        .build();
  }
}
