package io.scenerank.layer.merging;

import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.LayerType;

/** The types of this package. */
public final class MergingLayers {
  private MergingLayers() {}

  /** All of them. */
  public static ImmutableList<LayerType> types() {
    return ImmutableList.<LayerType>builder()
        .addAll(ElementwiseMerge.TYPES)
        .add(Concatenate.TYPE, Dot.TYPE)
        .build();
  }
}
