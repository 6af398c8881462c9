package io.scenerank.layer.scene;

import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.Pass;

/** The layers of this package and what makes them faster. */
public final class SceneLayers {
  private SceneLayers() {}

  /** The types of all of them. */
  public static ImmutableList<LayerType> types() {
    return ImmutableList.of(
        ApgLayer.TYPE,
        AttentionMask.TYPE,
        Dice.TYPE,
        Dnn.TYPE,
        EpNet.TYPE,
        GateNu.TYPE,
        MaskedMean.TYPE,
        MetaAttention.TYPE,
        MetaTower.TYPE,
        MetaUnit.TYPE,
        PositionEncodingLayer.TYPE,
        PpNet.TYPE,
        PredictLayer.TYPE,
        TaskEmbedding.TYPE,
        WeightedSum.TYPE);
  }

  /** The passes over them; none replaces what another one does. */
  public static ImmutableList<Pass> passes() {
    return ImmutableList.of(
        new DistinctConditions(),
        new StackedNetworks(),
        new ExpertMixtures(),
        new SharedMetaHeads());
  }
}
