package io.scenerank.export.onnx;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Maps;
import io.scenerank.variable.OpNames;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.Graph;
import org.tensorflow.Operation;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;

/** The part of TensorFlow's graph that computes some tensors. */
final class ServedGraph {
  private final Graph graph;
  private final Map<String, NodeDef> nodes;
  private final ImmutableList<NodeDef> needed;
  private final ImmutableSet<String> inputs;
  private final Set<String> dependent;

  /**
   * @param results nodes whose values are wanted
   * @param inputs nodes whose values are given
   */
  ServedGraph(Graph graph, Collection<String> results, Set<String> inputs) {
    this.graph = graph;
    this.inputs = ImmutableSet.copyOf(inputs);
    List<NodeDef> all = graph.toGraphDef().getNodeList();
    this.nodes = Maps.uniqueIndex(all, NodeDef::getName);
    Set<String> reached = reached(results);
    // A graph lists its nodes in the order of their making: none before those that it reads.
    this.needed =
        all.stream()
            .filter(node -> reached.contains(node.getName()))
            .collect(ImmutableList.toImmutableList());
    this.dependent = dependent();
  }

  /** Names of the nodes that are reached through values; what is only waited for is left out. */
  private Set<String> reached(Collection<String> results) {
    Set<String> reached = new HashSet<>();
    Deque<String> open = new ArrayDeque<>(results);
    while (!open.isEmpty()) {
      String name = open.pop();
      if (reached.add(name) && !inputs.contains(name)) {
        values(node(name)).forEach(input -> open.push(OpNames.ofInput(input)));
      }
    }
    return reached;
  }

  private Set<String> dependent() {
    Set<String> found = new HashSet<>(inputs);
    for (NodeDef node : needed) {
      if (values(node).stream().map(OpNames::ofInput).anyMatch(found::contains)) {
        found.add(node.getName());
      }
    }
    return found;
  }

  private NodeDef node(String name) {
    return requireNonNull(nodes.get(name), name);
  }

  /** The node that computes a tensor. */
  NodeDef nodeOf(String tensor) {
    return node(OpNames.ofInput(tensor));
  }

  /** What a node reads, without what it only waits for. */
  static ImmutableList<String> values(NodeDef node) {
    return node.getInputList().stream()
        .filter(input -> !OpNames.isControl(input))
        .map(ServedGraph::tensor)
        .collect(ImmutableList.toImmutableList());
  }

  /** The full name of a tensor: {@code name:0} for the first result. */
  static String tensor(String input) {
    return input.equals(OpNames.ofInput(input)) ? input + ":0" : input;
  }

  /** The nodes that inputs decide, each behind those that it reads. */
  ImmutableList<NodeDef> dependentNodes() {
    return needed.stream()
        .filter(node -> dependent.contains(node.getName()))
        .collect(ImmutableList.toImmutableList());
  }

  /** Whether the value of a node is given: what it reads is not wanted. */
  boolean isInput(NodeDef node) {
    return inputs.contains(node.getName());
  }

  /** Whether the inputs decide a tensor. */
  boolean isDependent(String tensor) {
    return dependent.contains(OpNames.ofInput(tensor));
  }

  /** A tensor of the graph. */
  Output<?> output(String tensor) {
    String name = OpNames.ofInput(tensor);
    int index = tensor.equals(name) ? 0 : Integer.parseInt(tensor.substring(name.length() + 1));
    return operation(name).output(index);
  }

  private Operation operation(String name) {
    return requireNonNull(graph.operation(name), name);
  }

  /** Number of results of a node. */
  int outputs(NodeDef node) {
    return operation(node.getName()).numOutputs();
  }

  Shape shape(String tensor) {
    return output(tensor).shape();
  }

  DataType type(String tensor) {
    return output(tensor).dataType();
  }
}
