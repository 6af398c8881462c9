package io.scenerank.serve.graph;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import io.scenerank.serve.graph.SplitValue.Concatenated;
import io.scenerank.serve.graph.SplitValue.Fixed;
import io.scenerank.serve.graph.SplitValue.OfRows;
import io.scenerank.serve.graph.SplitValue.OfUser;
import io.scenerank.serve.graph.SplitValue.Run;
import io.scenerank.serve.graph.SplitValue.Sum;
import io.scenerank.variable.OpNames;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Graph;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;

/** What is known of a forward pass while it is split between a user and the user's candidates. */
final class SplitGraph {
  private final GraphNodes source;
  private final Graph shapes;
  private final NodeEmitter emitter;
  private final Map<String, SplitValue> values = new HashMap<>();
  private final Map<String, String> rowForms = new HashMap<>();
  private final String candidates;

  /**
   * @param source the forward pass
   * @param shapes a graph with nodes of the same names, which knows their shapes
   * @param candidates a tensor of the new graph: the number of candidates, [1]
   */
  SplitGraph(GraphNodes source, Graph shapes, NodeEmitter emitter, String candidates) {
    this.source = source;
    this.shapes = shapes;
    this.emitter = emitter;
    this.candidates = candidates;
  }

  NodeEmitter emitter() {
    return emitter;
  }

  void put(String tensor, SplitValue value) {
    values.put(key(tensor), value);
  }

  @Nullable SplitValue value(String tensor) {
    return values.get(key(tensor));
  }

  private static String key(String tensor) {
    return tensor.endsWith(":0") ? tensor.substring(0, tensor.length() - 2) : tensor;
  }

  /** The tensors that a node reads. */
  static List<String> inputs(NodeDef node) {
    return node.getInputList().stream().filter(input -> !OpNames.isControl(input)).toList();
  }

  int outputs(NodeDef node) {
    return shapes.operation(node.getName()).numOutputs();
  }

  Shape shape(String tensor) {
    return output(tensor).shape();
  }

  /** Number of axes; -1 if it is unknown. */
  int rank(String tensor) {
    return shape(tensor).numDimensions();
  }

  DataType type(String tensor) {
    return output(tensor).dataType();
  }

  private Output<?> output(String tensor) {
    int colon = tensor.lastIndexOf(':');
    int index = colon < 0 ? 0 : Integer.parseInt(tensor.substring(colon + 1));
    return shapes.operation(OpNames.ofInput(tensor)).output(index);
  }

  /** The values of an int32 constant. */
  Optional<int[]> ints(String tensor) {
    NodeDef node = requireNonNull(source.get(OpNames.ofInput(tensor)), tensor);
    boolean isOne =
        node.getOp().equals(ConstNode.OP)
            && (type(tensor) == DataType.DT_INT32 || type(tensor) == DataType.DT_INT64);
    return isOne ? Optional.of(ConstNode.ints(node)) : Optional.empty();
  }

  /** The one value of an integer constant as an axis of a tensor with {@code rank} axes. */
  Optional<Integer> axis(String tensor, int rank) {
    return ints(tensor)
        .filter(values -> values.length == 1)
        .map(values -> values[0] < 0 ? values[0] + rank : values[0]);
  }

  /** A tensor as all candidates' rows have it. */
  String rows(String tensor) {
    String known = rowForms.get(key(tensor));
    if (known != null) {
      return known;
    }
    SplitValue value = value(tensor);
    String rows;
    if (value instanceof Fixed fixed) {
      rows = fixed.tensor();
    } else if (value instanceof OfRows ofRows) {
      rows = ofRows.tensor();
    } else if (value instanceof OfUser ofUser) {
      rows = emitter.tile(type(tensor), ofUser.tensor(), rank(tensor), candidates);
    } else if (value instanceof Concatenated concatenated) {
      rows = together(tensor, concatenated);
    } else if (value instanceof Sum sum) {
      // As a bias, which TensorFlow adds in the product itself.
      rows = emitter.biasAdd(sum.rows(), emitter.reshape(DataType.DT_FLOAT, sum.user(), -1));
    } else {
      NodeDef node = requireNonNull(source.get(OpNames.ofInput(tensor)), tensor);
      rows = emitter.copy(node, inputs(node).stream().map(this::rows).toList());
    }
    rowForms.put(key(tensor), rows);
    return rows;
  }

  private String together(String tensor, Concatenated concatenated) {
    DataType type = type(tensor);
    int rank = rank(tensor);
    List<String> parts = new ArrayList<>();
    int user = 0;
    int rows = 0;
    for (Run run : concatenated.runs()) {
      if (run.ofUser()) {
        String part = emitter.slice(type, concatenated.user(), rank, user, run.width());
        parts.add(emitter.tile(type, part, rank, candidates));
        user += run.width();
      } else {
        parts.add(emitter.slice(type, concatenated.rows(), rank, rows, run.width()));
        rows += run.width();
      }
    }
    return emitter.concat(type, parts, 1);
  }

  /** Copies a node; its outputs in the order of their numbers. */
  List<String> copy(NodeDef node, List<String> inputs) {
    String copy = emitter.copy(node, inputs);
    ImmutableList.Builder<String> outputs = ImmutableList.builder();
    for (int i = 0; i < outputs(node); i++) {
      outputs.add(i == 0 ? copy : copy + ":" + i);
    }
    return outputs.build();
  }
}
