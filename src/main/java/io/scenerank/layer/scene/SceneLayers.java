package io.scenerank.layer.scene;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.Pass;

/** The layers of this package and what makes them faster. */
public final class SceneLayers {
  private SceneLayers() {}

  /** The original implementation's classes by those that compute alike. */
  public static ImmutableMap<String, String> originals() {
    return ImmutableMap.of(
        ApgLayer.TYPE.kerasClass(), ApgLayer.ORIGINAL.kerasClass(),
        Dnn.TYPE.kerasClass(), Dnn.ORIGINAL.kerasClass(),
        EpNet.TYPE.kerasClass(), EpNet.ORIGINAL.kerasClass(),
        GateNu.TYPE.kerasClass(), GateNu.ORIGINAL.kerasClass(),
        PpNet.TYPE.kerasClass(), PpNet.ORIGINAL.kerasClass());
  }

  /** The types of all of them. */
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
        SequencePooling.TYPE,
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
