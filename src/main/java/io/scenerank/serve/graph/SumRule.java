package io.scenerank.serve.graph;

import io.scenerank.serve.graph.SplitValue.Fixed;
import io.scenerank.serve.graph.SplitValue.OfRows;
import io.scenerank.serve.graph.SplitValue.OfUser;
import io.scenerank.serve.graph.SplitValue.Sum;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;

/**
 * Gathers what is added to a product: the user's parts and the biases are one row, which becomes
 * the bias of the candidates' product.
 */
final class SumRule implements SplitRule {

  @Override
  public Optional<List<SplitValue>> apply(SplitGraph graph, NodeDef node) {
    List<String> inputs = SplitGraph.inputs(node);
    return switch (node.getOp()) {
      case "BiasAdd" ->
          graph.value(inputs.get(0)) instanceof Sum sum
                  && graph.value(inputs.get(1)) instanceof Fixed bias
              ? Optional.of(List.of(withBias(graph, node, sum, bias)))
              : Optional.empty();
      case "Add", "AddV2" ->
          isRow(graph, node, inputs.get(0)) && isRow(graph, node, inputs.get(1))
              ? addition(graph, inputs)
              : Optional.empty();
      default -> Optional.empty();
    };
  }

  private static Sum withBias(SplitGraph graph, NodeDef node, Sum sum, Fixed bias) {
    return new Sum(graph.emitter().copy(node, List.of(sum.user(), bias.tensor())), sum.rows());
  }

  /** Whether a summand is a matrix as wide as the sum. */
  private static boolean isRow(SplitGraph graph, NodeDef sum, String tensor) {
    return graph.type(tensor) == DataType.DT_FLOAT
        && graph.rank(tensor) == 2
        && graph.shape(tensor).get(1) > 0
        && graph.rank(sum.getName()) == 2
        && graph.shape(tensor).get(1) == graph.shape(sum.getName()).get(1);
  }

  private static Optional<List<SplitValue>> addition(SplitGraph graph, List<String> inputs) {
    List<String> user = new ArrayList<>();
    List<String> rows = new ArrayList<>();
    for (String input : inputs) {
      SplitValue value = graph.value(input);
      if (value instanceof Sum sum) {
        user.add(sum.user());
        rows.add(sum.rows());
      } else if (value instanceof OfUser ofUser && ofUser.perRow() == 1) {
        user.add(ofUser.tensor());
      } else if (value instanceof OfRows ofRows) {
        rows.add(ofRows.tensor());
      } else {
        return Optional.empty();
      }
    }
    return user.isEmpty() || rows.isEmpty()
        ? Optional.empty()
        : Optional.of(List.of(new Sum(added(graph, user), added(graph, rows))));
  }

  private static String added(SplitGraph graph, List<String> summands) {
    return summands.stream()
        .reduce((a, b) -> graph.emitter().addition(DataType.DT_FLOAT, a, b))
        .orElseThrow();
  }
}
