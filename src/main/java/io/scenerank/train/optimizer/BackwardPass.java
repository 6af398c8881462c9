package io.scenerank.train.optimizer;

import io.scenerank.variable.OpNames.Ancestors;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.types.TFloat32;

/**
 * Adds the backward pass of a scalar to a graph. TensorFlow refuses the whole list of sources where
 * the scalar does not depend on one of them, so these are left out first.
 */
final class BackwardPass {
  private final Graph graph;
  private final Operand<TFloat32> loss;

  BackwardPass(Graph graph, Operand<TFloat32> loss) {
    this.graph = graph;
    this.loss = loss;
  }

  /**
   * Adds the ops.
   *
   * @param prefix of the names of the ops
   * @return the gradients of the sources that have one, in the order of the sources
   */
  Map<Output<?>, Operand<TFloat32>> add(List<Operand<TFloat32>> sources, Optional<String> prefix) {
    Ancestors needed = Ancestors.of(loss);
    List<Output<?>> reached = new ArrayList<>();
    for (Operand<TFloat32> source : sources) {
      if (needed.contains(source)) {
        reached.add(source.asOutput());
      }
    }
    // In order: what is summed over the gradients is the same in every graph of a model.
    Map<Output<?>, Operand<TFloat32>> found = new LinkedHashMap<>();
    if (reached.isEmpty()) {
      return found;
    }
    Output<?>[] outputs =
        graph.addGradients(
            prefix.orElse(null),
            new Output<?>[] {loss.asOutput()},
            reached.toArray(new Output<?>[0]),
            null);
    for (int i = 0; i < outputs.length; i++) {
      // An output that is none: nothing flows back to the source.
      if (outputs[i] != null && outputs[i].index() >= 0) {
        found.put(reached.get(i), outputs[i].expect(TFloat32.class));
      }
    }
    return found;
  }
}
