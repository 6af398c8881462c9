package io.scenerank.layer.scene;

import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.LayerType;

/** The types of this package. */
public final class SceneLayers {
  private SceneLayers() {}

  /** All of them. */
  public static ImmutableList<LayerType> types() {
    return ImmutableList.of(
        ApgLayer.TYPE,
        ApgLayer.ORIGINAL,
        AttentionMask.TYPE,
        Dice.TYPE,
        Dnn.TYPE,
        Dnn.ORIGINAL,
        EpNet.TYPE,
        EpNet.ORIGINAL,
        GateNu.TYPE,
        GateNu.ORIGINAL,
        MaskedMean.TYPE,
        MetaAttention.TYPE,
        MetaTower.TYPE,
        MetaUnit.TYPE,
        PositionEncodingLayer.TYPE,
        PpNet.TYPE,
        PpNet.ORIGINAL,
        PredictLayer.TYPE,
        SequenceMean.TYPE,
        TaskEmbedding.TYPE,
        WeightedSum.TYPE);
  }
}
