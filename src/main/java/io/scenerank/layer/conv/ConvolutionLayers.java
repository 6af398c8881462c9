package io.scenerank.layer.conv;

import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.LayerType;

/** The types of this package. */
public final class ConvolutionLayers {
  private ConvolutionLayers() {}

  /** All of them. */
  public static ImmutableList<LayerType> types() {
    return ImmutableList.<LayerType>builder()
        .add(Conv1D.TYPE, Conv1DTranspose.TYPE)
        .addAll(DepthwiseConv1D.TYPES)
        .build();
  }
}
