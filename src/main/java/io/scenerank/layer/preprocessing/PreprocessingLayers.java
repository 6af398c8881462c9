package io.scenerank.layer.preprocessing;

import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.LayerType;

/** The types of this package. */
public final class PreprocessingLayers {
  private PreprocessingLayers() {}

  /** All of them. */
  public static ImmutableList<LayerType> types() {
    return ImmutableList.of(
        Normalization.TYPE,
        Rescaling.TYPE,
        Discretization.TYPE,
        CategoryEncoding.TYPE,
        Hashing.TYPE,
        HashedCrossing.TYPE,
        StringLookup.TYPE,
        IntegerLookup.TYPE);
  }
}
