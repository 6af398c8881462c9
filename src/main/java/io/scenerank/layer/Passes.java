package io.scenerank.layer;

import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.LayerGraph;
import io.scenerank.layer.base.Pass;
import io.scenerank.layer.scene.ScenePasses;
import io.scenerank.variable.LayerScope;

/** The passes that every model goes through when its graph is built. */
public final class Passes {
  private Passes() {}

  /**
   * All of them, in their order.
   *
   * @param root where fused variables are created
   * @param columns where the ids of inputs lie
   */
  public static ImmutableList<Pass> standard(
      LayerGraph graph, LayerScope root, FusedTables.Columns columns) {
    return ImmutableList.<Pass>builder()
        .addAll(ScenePasses.all())
        .add(new FusedTables(graph, root, columns))
        .build();
  }
}
