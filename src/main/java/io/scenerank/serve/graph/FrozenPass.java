package io.scenerank.serve.graph;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.scenerank.variable.OpNames;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.tensorflow.Graph;
import org.tensorflow.RawTensor;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.proto.NodeDef;

/**
 * An export's forward pass as a service wants it: from the packed inputs to the outputs, with
 * variables that are read whole as constants, so that TensorFlow prepares them once and no call
 * reads them again; and so with rows of a table that are the same in every call. Tables of which a
 * call chooses the rows stay variables. The checks of ids and dense values are left out: who feeds
 * the pass has made them.
 */
final class FrozenPass {
  /** Beyond this variables are read in place: a graph lies in memory several times. */
  private static final long MOST_BYTES = 256L << 20;

  private static final String READ = "ReadVariableOp";
  private static final String GATHER = "ResourceGather";

  private FrozenPass() {}

  /**
   * The nodes, inputs first; those of the packed inputs are placeholders.
   *
   * @param session holds the variables' values
   */
  static GraphNodes of(Session session, GraphNodes nodes, PackedSignature packed) {
    ImmutableSet<String> inputs =
        Stream.of(packed.ids(), packed.dense())
            .flatMap(Optional::stream)
            .collect(ImmutableSet.toImmutableSet());
    GraphNodes unchecked =
        new GraphNodes(nodes.all().stream().map(FrozenPass::withoutCheck).toList());
    GraphNodes needed = unchecked.neededFor(packed.outputs().values(), inputs);
    Map<String, NodeDef> constants = constants(session, needed, inputs);
    List<NodeDef> frozen = new ArrayList<>();
    for (NodeDef node : needed.all()) {
      frozen.add(
          inputs.contains(node.getName())
              ? placeholder(node)
              : constants.getOrDefault(node.getName(), node));
    }
    // The handles of variables that are constants now are needed no longer.
    return new GraphNodes(frozen).neededFor(packed.outputs().values(), inputs);
  }

  private static NodeDef withoutCheck(NodeDef node) {
    ImmutableList<String> kept =
        node.getInputList().stream()
            .filter(
                input -> !OpNames.isControl(input) || !CheckNodes.contain(OpNames.ofInput(input)))
            .collect(ImmutableList.toImmutableList());
    return kept.size() == node.getInputCount()
        ? node
        : node.toBuilder().clearInput().addAllInput(kept).build();
  }

  /**
   * The same pass for few rows: a bias is a difference to its negative. The bits are the same, but
   * TensorFlow does not fuse it with the product before it, and for few rows the fused product
   * takes longer by far.
   */
  static GraphNodes unfused(GraphNodes pass) {
    List<NodeDef> unfused = new ArrayList<>();
    for (NodeDef node : pass.all()) {
      NodeDef bias = node.getOp().equals("BiasAdd") ? pass.get(node.getInput(1)) : null;
      if (bias != null && bias.getOp().equals(ConstNode.OP)) {
        NodeDef negative = negative(bias, node.getName() + "/negative");
        unfused.add(negative);
        unfused.add(
            NodeDef.newBuilder()
                .setName(node.getName())
                .setOp("Sub")
                .addInput(node.getInput(0))
                .addInput(negative.getName())
                .putAttr("T", node.getAttrOrThrow("T"))
                .build());
      } else {
        unfused.add(node);
      }
    }
    return new GraphNodes(unfused);
  }

  private static NodeDef negative(NodeDef constant, String name) {
    float[] values = ConstNode.floats(constant);
    for (int i = 0; i < values.length; i++) {
      values[i] = -values[i];
    }
    return ConstNode.ofFloats(name, ConstNode.shape(constant), values);
  }

  private static NodeDef placeholder(NodeDef node) {
    return NodeDef.newBuilder()
        .setName(node.getName())
        .setOp("Placeholder")
        .putAttr("dtype", node.getAttrOrThrow("dtype"))
        .putAttr("shape", node.getAttrOrThrow("shape"))
        .build();
  }

  private static Map<String, NodeDef> constants(
      Session session, GraphNodes needed, Set<String> inputs) {
    Graph graph = session.graph();
    Set<String> chosen = dependent(needed, inputs);
    List<String> reads =
        needed.all().stream()
            .filter(
                node ->
                    node.getOp().equals(READ)
                        || (node.getOp().equals(GATHER) && !chosen.contains(node.getName())))
            .map(NodeDef::getName)
            .toList();
    long bytes =
        reads.stream().mapToLong(name -> graph.operation(name).output(0).shape().size()).sum()
            * Float.BYTES;
    Map<String, NodeDef> constants = new LinkedHashMap<>();
    if (reads.isEmpty() || bytes > MOST_BYTES) {
      return constants;
    }
    Session.Runner runner = session.runner();
    reads.forEach(runner::fetch);
    try (Result values = runner.run()) {
      for (int i = 0; i < reads.size(); i++) {
        RawTensor value = values.get(i).asRawTensor();
        constants.put(reads.get(i), ConstNode.of(reads.get(i), value));
      }
    }
    return constants;
  }

  /** Names of the nodes that a call's inputs decide. */
  private static Set<String> dependent(GraphNodes nodes, Set<String> inputs) {
    Set<String> dependent = new HashSet<>(inputs);
    for (NodeDef node : nodes.all()) {
      if (node.getInputList().stream().map(OpNames::ofInput).anyMatch(dependent::contains)) {
        dependent.add(node.getName());
      }
    }
    return dependent;
  }
}
