package io.scenerank.serve.graph;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableSet;
import io.scenerank.serve.graph.SplitValue.Fixed;
import io.scenerank.serve.graph.SplitValue.OfRows;
import io.scenerank.serve.graph.SplitValue.OfUser;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;

/**
 * What reads candidates is computed for each of them, as in the plain forward pass; what it reads
 * of the user is repeated for each candidate only where the op does not broadcast.
 */
final class PerCandidateRule implements SplitRule {
  private static final ImmutableSet<String> BROADCASTING =
      ImmutableSet.<String>builder()
          .addAll(ElementOps.BROADCASTING)
          .add("BatchMatMulV2", "BatchMatMulV3")
          .build();

  @Override
  public Optional<List<SplitValue>> apply(SplitGraph graph, NodeDef node) {
    List<String> inputs = SplitGraph.inputs(node);
    if (node.getOp().startsWith("BatchMatMul") && isOneMatrix(graph, node, inputs)) {
      return Optional.of(List.of(oneMatrix(graph, inputs)));
    }
    int rank = graph.rank(node.getName());
    boolean broadcasts =
        BROADCASTING.contains(node.getOp())
            && inputs.stream()
                .anyMatch(input -> graph.rank(input) == rank && !isOfFewRows(graph.value(input)));
    List<String> tensors = new ArrayList<>();
    for (String input : inputs) {
      tensors.add(
          broadcasts
                  && graph.value(input) instanceof OfUser user
                  && user.perRow() == 1
                  && graph.rank(input) == rank
              ? user.tensor()
              : graph.rows(input));
    }
    return Optional.of(graph.copy(node, tensors).stream().<SplitValue>map(OfRows::new).toList());
  }

  /** Whether a value has not a row for each candidate. */
  private static boolean isOfFewRows(@Nullable SplitValue value) {
    return value instanceof OfUser || value instanceof Fixed;
  }

  /** Whether all candidates are multiplied with a matrix of the user. */
  private static boolean isOneMatrix(SplitGraph graph, NodeDef node, List<String> inputs) {
    return graph.value(inputs.get(0)) instanceof OfRows
        && graph.value(inputs.get(1)) instanceof OfUser user
        && user.perRow() == 1
        && graph.rank(inputs.get(0)) == 3
        && graph.rank(inputs.get(1)) == 3
        && graph.type(inputs.get(0)) == DataType.DT_FLOAT
        && isKnown(graph.shape(inputs.get(0)))
        && isKnown(graph.shape(inputs.get(1)))
        && !node.getAttrOrThrow("adj_x").getB()
        && !node.getAttrOrThrow("adj_y").getB();
  }

  private static boolean isKnown(Shape shape) {
    return shape.get(1) > 0 && shape.get(2) > 0;
  }

  /** [n, m, d] · [1, d, e] as one product, [n · m, d] · [d, e]. */
  private static SplitValue oneMatrix(SplitGraph graph, List<String> inputs) {
    NodeEmitter emitter = graph.emitter();
    Shape x = graph.shape(inputs.get(0));
    int d = Math.toIntExact(x.get(2));
    int e = Math.toIntExact(graph.shape(inputs.get(1)).get(2));
    String matrix = ((OfUser) requireNonNull(graph.value(inputs.get(1)), inputs.get(1))).tensor();
    String product =
        emitter.matMul(
            emitter.reshape(DataType.DT_FLOAT, graph.rows(inputs.get(0)), -1, d),
            emitter.reshape(DataType.DT_FLOAT, matrix, d, e));
    return new OfRows(
        emitter.reshape(DataType.DT_FLOAT, product, -1, Math.toIntExact(x.get(1)), e));
  }
}
