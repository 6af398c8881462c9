package io.scenerank.train.optimizer;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
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
   * @return the gradients of the sources that have one
   */
  Map<Output<?>, Operand<TFloat32>> add(List<Operand<TFloat32>> sources, Optional<String> prefix) {
    Set<String> needed = ancestors();
    List<Output<?>> reached = new ArrayList<>();
    for (Operand<TFloat32> source : sources) {
      if (needed.contains(source.asOutput().op().name())) {
        reached.add(source.asOutput());
      }
    }
    Map<Output<?>, Operand<TFloat32>> found = new HashMap<>();
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

  /** Names of the ops that the loss is computed from. */
  private Set<String> ancestors() {
    Set<String> names = new HashSet<>();
    Deque<GraphOperation> open = new ArrayDeque<>();
    open.add((GraphOperation) loss.op());
    while (!open.isEmpty()) {
      GraphOperation op = open.remove();
      if (names.add(op.name())) {
        for (Operand<?> input : op.inputs()) {
          open.add((GraphOperation) input.op());
        }
      }
    }
    return names;
  }
}
