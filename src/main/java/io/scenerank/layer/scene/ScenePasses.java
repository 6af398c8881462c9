package io.scenerank.layer.scene;

import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.Pass;

/** The passes over the layers of this package. */
public final class ScenePasses {
  private ScenePasses() {}

  /** All of them; none replaces what another one does. */
  public static ImmutableList<Pass> all() {
    return ImmutableList.of(
        new DistinctConditions(),
        new StackedNetworks(),
        new ExpertMixtures(),
        new SharedMetaHeads());
  }
}
