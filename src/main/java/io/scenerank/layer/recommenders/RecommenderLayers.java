package io.scenerank.layer.recommenders;

import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.LayerType;

/** The types of this package. */
public final class RecommenderLayers {
  private RecommenderLayers() {}

  /** All of them. */
  public static ImmutableList<LayerType> types() {
    return ImmutableList.of(FeatureCross.TYPE, DotInteraction.TYPE, EmbedReduce.TYPE);
  }
}
