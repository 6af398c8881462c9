package io.scenerank.layer.attention;

import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.LayerType;

/** The types of this package. */
public final class AttentionLayers {
  private AttentionLayers() {}

  /** All of them. */
  public static ImmutableList<LayerType> types() {
    return ImmutableList.of(
        Attention.TYPE,
        AdditiveAttention.TYPE,
        MultiHeadAttention.TYPE,
        GroupedQueryAttention.TYPE);
  }
}
