package io.scenerank.layer;

import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.LayerGraph;
import io.scenerank.layer.base.LayerGraph.TensorRef;
import io.scenerank.layer.base.Pass;
import io.scenerank.layer.scene.SceneLayers;
import io.scenerank.variable.LayerScope;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.tensorflow.Operand;
import org.tensorflow.types.TInt32;

/** The passes that every model goes through when its graph is built. */
public final class Passes {
  private Passes() {}

  /**
   * All of them, in their order.
   *
   * @param root where fused variables are created
   * @param offsets number of an input's first id, counted in a packed row; absent where it has none
   * @param ids gives the ids at some places of the packed rows, [B, number of places]
   */
  public static ImmutableList<Pass> standard(
      LayerGraph graph,
      LayerScope root,
      Function<TensorRef, Optional<Integer>> offsets,
      Function<List<Integer>, Operand<TInt32>> ids) {
    return ImmutableList.<Pass>builder()
        .addAll(SceneLayers.passes())
        .add(new FusedTables(graph, root, offsets, ids))
        .build();
  }
}
