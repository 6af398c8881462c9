package io.scenerank.serve;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Maps;
import io.scenerank.serve.Ranker.InputSpec;
import io.scenerank.variable.OpNames;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.tensorflow.Graph;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;

/**
 * A copy of a signature's forward pass whose inputs can be fed: TensorFlow Java has no tensors of
 * int8, int16, uint32 and uint64, so the copy's placeholders take a wider type and cast it.
 * Variables and tables are shared with the original by their names.
 */
final class CastInputs {
  private static final String SCOPE = "cast_inputs";
  private static final String FED = "/fed";

  /** A variable of this op without a shared name has none; others take the name of their node. */
  private static final String UNNAMED = "VarHandleOp";

  private static final String SHARED_NAME = "shared_name";

  private final ImmutableMap<String, NodeDef> nodes;
  private final ImmutableMap<String, InputSpec> inputs;

  /**
   * @param model the graph
   * @param inputs the signature's
   */
  CastInputs(GraphDef model, ImmutableMap<String, InputSpec> inputs) {
    this.nodes = Maps.uniqueIndex(model.getNodeList(), NodeDef::getName);
    this.inputs = inputs;
  }

  /** Whether some input needs the copy. */
  static boolean areNeeded(Collection<InputSpec> inputs) {
    return inputs.stream().anyMatch(CastInputs::isCast);
  }

  private static boolean isCast(InputSpec input) {
    return input.type().filter(FeedType::isCast).isPresent();
  }

  /**
   * Adds the copy to the graph.
   *
   * @param outputs names of the tensors that it computes
   */
  void addTo(Graph graph, GraphDef model, Collection<String> outputs) {
    ImmutableMap<String, InputSpec> casts =
        inputs.values().stream()
            .filter(CastInputs::isCast)
            .collect(
                ImmutableMap.toImmutableMap(
                    input -> OpNames.ofInput(input.tensorName()), input -> input));
    GraphDef.Builder copy = GraphDef.newBuilder().setVersions(model.getVersions());
    for (String name : needed(outputs, casts.keySet())) {
      InputSpec cast = casts.get(name);
      if (cast == null) {
        copy.addNode(shared(requireNonNull(nodes.get(name), name)));
      } else {
        cast(name, cast).forEach(copy::addNode);
      }
    }
    graph.importGraphDef(copy.build(), SCOPE);
  }

  /** The nodes that some tensors and all inputs need; a loop of a graph ends. */
  private Set<String> needed(Collection<String> tensors, ImmutableSet<String> given) {
    Set<String> found = new LinkedHashSet<>();
    Deque<String> open = new ArrayDeque<>();
    tensors.forEach(tensor -> open.add(OpNames.ofInput(tensor)));
    inputs.values().forEach(input -> open.add(OpNames.ofInput(input.tensorName())));
    while (!open.isEmpty()) {
      String name = open.pop();
      NodeDef node = nodes.get(name);
      if (node == null) {
        throw new IllegalArgumentException("the graph has no node '" + name + "'");
      }
      if (found.add(name) && !given.contains(name)) {
        node.getInputList().forEach(input -> open.add(OpNames.ofInput(input)));
      }
    }
    return found;
  }

  /** The node as one that finds the original's resource. */
  private static NodeDef shared(NodeDef node) {
    AttrValue name = node.getAttrMap().get(SHARED_NAME);
    return name == null || !name.getS().isEmpty() || node.getOp().equals(UNNAMED)
        ? node
        : node.toBuilder()
            .putAttr(SHARED_NAME, AttrValue.newBuilder().setS(node.getNameBytes()).build())
            .build();
  }

  private static List<NodeDef> cast(String name, InputSpec input) {
    DataType fed = input.type().orElseThrow().fed();
    List<NodeDef> cast = new ArrayList<>();
    cast.add(
        NodeDef.newBuilder()
            .setName(name + FED)
            .setOp("Placeholder")
            .putAttr("dtype", type(fed))
            .build());
    cast.add(
        NodeDef.newBuilder()
            .setName(name)
            .setOp("Cast")
            .addInput(name + FED)
            .putAttr("SrcT", type(fed))
            .putAttr("DstT", type(input.dataType()))
            .build());
    return cast;
  }

  private static AttrValue type(DataType type) {
    return AttrValue.newBuilder().setType(type).build();
  }

  /** Where the copy takes an input. */
  static String fedName(InputSpec input) {
    return isCast(input)
        ? SCOPE + "/" + OpNames.ofInput(input.tensorName()) + FED + ":0"
        : copyName(input.tensorName());
  }

  /** The name of a tensor in the copy. */
  static String copyName(String tensor) {
    return SCOPE + "/" + tensor;
  }
}
