package io.scenerank.serve;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableSet;
import io.scenerank.variable.OpNames;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;

/** Tells where a value comes from, through the calls of functions. */
final class TensorOrigin {
  private static final ImmutableSet<String> CALLS =
      ImmutableSet.of("PartitionedCall", "StatefulPartitionedCall");
  private static final ImmutableSet<String> READS_OF_VARIABLE =
      ImmutableSet.of("ReadVariableOp", "VarIsInitializedOp", "DisableCopyOnRead");

  private final GraphBodies bodies;
  private final ImmutableSet<String> tensors;

  /**
   * @param tensors of the graph, with the number of the output: {@code saver_filename:0}
   */
  TensorOrigin(GraphBodies bodies, ImmutableSet<String> tensors) {
    this.bodies = bodies;
    this.tensors = tensors;
  }

  /**
   * Whether a node's input is one of some tensors of the graph, as it is, however many functions it
   * is handed through.
   */
  boolean isInput(GraphBodies.Site site, int input) {
    return isInput(site, input, new HashSet<>());
  }

  private boolean isInput(GraphBodies.Site site, int input, Set<String> seen) {
    List<String> inputs =
        site.node().getInputList().stream().filter(name -> !OpNames.isControl(name)).toList();
    if (input >= inputs.size() || !seen.add(site.describe() + input)) {
      return false;
    }
    String name = inputs.get(input);
    return site.function().isEmpty()
        ? inGraph(name, seen)
        : inFunction(site.function(), name, seen);
  }

  private boolean inGraph(String tensor, Set<String> seen) {
    if (tensors.contains(tensor.contains(":") ? tensor : tensor + ":0")) {
      return true;
    }
    NodeDef node = bodies.node(OpNames.ofInput(tensor));
    if (node != null && node.getOp().equals("ReadVariableOp") && node.getInputCount() > 0) {
      return isOnlyAssigned(OpNames.ofInput(node.getInput(0)), seen);
    }
    return node != null
        && node.getOp().equals("Identity")
        && isInput(new GraphBodies.Site("", node), 0, seen);
  }

  /**
   * Whether only one of the tensors is ever assigned to a variable of the graph, as Python keeps
   * the path of an asset.
   */
  private boolean isOnlyAssigned(String handle, Set<String> seen) {
    NodeDef variable = bodies.node(handle);
    if (variable == null || !variable.getOp().equals("VarHandleOp") || isShared(variable)) {
      return false;
    }
    return bodies.nodes().stream()
        .filter(node -> node.getInputList().stream().anyMatch(i -> isTensorOf(i, handle)))
        .allMatch(
            node ->
                READS_OF_VARIABLE.contains(node.getOp())
                    || (node.getOp().equals("AssignVariableOp")
                        && isTensorOf(node.getInput(0), handle)
                        && isInput(new GraphBodies.Site("", node), 1, seen)));
  }

  private static boolean isTensorOf(String input, String node) {
    return !OpNames.isControl(input) && OpNames.ofInput(input).equals(node);
  }

  /** Whether another node has a handle of the same variable. */
  private boolean isShared(NodeDef variable) {
    return bodies.sites().stream()
        .map(GraphBodies.Site::node)
        .filter(node -> node.getOp().contains("VarHandle"))
        .filter(node -> sharedName(node).equals(sharedName(variable)))
        .anyMatch(node -> !node.getName().equals(variable.getName()));
  }

  private static String sharedName(NodeDef variable) {
    return variable
        .getAttrOrDefault("shared_name", AttrValue.getDefaultInstance())
        .getS()
        .toStringUtf8();
  }

  private boolean inFunction(String function, String tensor, Set<String> seen) {
    FunctionDef definition = requireNonNull(bodies.function(function), function);
    List<String> arguments =
        definition.getSignature().getInputArgList().stream().map(OpDef.ArgDef::getName).toList();
    int argument = arguments.indexOf(tensor);
    if (argument >= 0) {
      // A function that nobody calls is handed nothing.
      return bodies.callers(function).stream()
          .allMatch(
              caller ->
                  hands(caller.node(), definition.getSignature())
                      && isInput(caller, argument, new HashSet<>(seen)));
    }
    String name = tensor.substring(0, Math.max(0, tensor.indexOf(':')));
    return definition.getNodeDefList().stream()
        .filter(node -> node.getName().equals(name) && node.getOp().equals("Identity"))
        .anyMatch(node -> isInput(new GraphBodies.Site(function, node), 0, seen));
  }

  /** Whether a node hands its inputs to the function in their order, one for each argument. */
  private static boolean hands(NodeDef node, OpDef function) {
    return (CALLS.contains(node.getOp()) || node.getOp().equals(function.getName()))
        && function.getInputArgList().stream()
            .allMatch(
                argument ->
                    argument.getNumberAttr().isEmpty() && argument.getTypeListAttr().isEmpty());
  }
}
