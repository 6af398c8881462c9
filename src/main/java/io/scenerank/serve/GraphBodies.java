package io.scenerank.serve;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.scenerank.variable.OpNames;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NameAttrList;
import org.tensorflow.proto.NodeDef;

/** A graph and the functions of its library: which nodes lie where, and who calls what. */
final class GraphBodies {
  private final ImmutableMap<String, FunctionDef> functions;
  private final ImmutableMap<String, String> gradients;
  private final Map<String, NodeDef> main = new HashMap<>();
  private final ImmutableList<Site> sites;
  private final Map<String, List<Site>> callers = new HashMap<>();

  /**
   * A node and where it lies.
   *
   * @param function empty for the graph itself
   */
  record Site(String function, NodeDef node) {
    String describe() {
      return (function.isEmpty() ? "" : "function '" + function + "', ")
          + "node '"
          + node.getName()
          + "'";
    }
  }

  /** What some roots of the graph reach: its nodes, and whole functions. */
  record Reach(ImmutableSet<String> nodes, ImmutableSet<String> functions) {
    boolean has(Site site) {
      return site.function().isEmpty()
          ? nodes.contains(site.node().getName())
          : functions.contains(site.function());
    }
  }

  GraphBodies(GraphDef graph) {
    Map<String, FunctionDef> byName = new HashMap<>();
    Map<String, String> gradientOf = new HashMap<>();
    ImmutableList.Builder<Site> all = ImmutableList.builder();
    for (NodeDef node : graph.getNodeList()) {
      main.put(node.getName(), node);
      all.add(new Site("", node));
    }
    for (FunctionDef function : graph.getLibrary().getFunctionList()) {
      byName.put(function.getSignature().getName(), function);
      function
          .getNodeDefList()
          .forEach(node -> all.add(new Site(function.getSignature().getName(), node)));
    }
    graph
        .getLibrary()
        .getGradientList()
        .forEach(
            gradient -> gradientOf.put(gradient.getFunctionName(), gradient.getGradientFunc()));
    this.functions = ImmutableMap.copyOf(byName);
    this.gradients = ImmutableMap.copyOf(gradientOf);
    this.sites = all.build();
    for (Site site : sites) {
      called(site.node())
          .forEach(name -> callers.computeIfAbsent(name, key -> new ArrayList<>()).add(site));
    }
  }

  /** Every node of the graph and of every function. */
  ImmutableList<Site> sites() {
    return sites;
  }

  /** Whether TensorFlow may put the function in place of another one. */
  boolean isInterchangeable(String function) {
    return functions.containsKey(function)
        && functions.get(function).getAttrMap().containsKey("api_implements");
  }

  /** Names of the functions that a node calls or hands on. */
  private Stream<String> called(NodeDef node) {
    Stream<String> attributes =
        node.getAttrMap().values().stream()
            .flatMap(GraphBodies::functions)
            .map(NameAttrList::getName);
    return Stream.concat(attributes, Stream.of(node.getOp()))
        .filter(functions::containsKey)
        .distinct();
  }

  private static Stream<NameAttrList> functions(AttrValue value) {
    return Stream.concat(
            value.hasFunc() ? Stream.of(value.getFunc()) : Stream.empty(),
            value.getList().getFuncList().stream())
        .flatMap(
            function ->
                Stream.concat(
                    Stream.of(function),
                    function.getAttrMap().values().stream().flatMap(GraphBodies::functions)));
  }

  /**
   * What runs when some nodes of the graph run.
   *
   * @param roots names of nodes or tensors
   */
  Reach reach(Collection<String> roots) {
    Set<String> nodes = new HashSet<>();
    Set<String> reached = new HashSet<>();
    Deque<String> open = new ArrayDeque<>();
    roots.forEach(root -> open.add(OpNames.ofInput(root)));
    while (!open.isEmpty()) {
      NodeDef node = main.get(open.pop());
      if (node != null && nodes.add(node.getName())) {
        node.getInputList().forEach(input -> open.add(OpNames.ofInput(input)));
        called(node).forEach(function -> addFunction(function, reached));
      }
    }
    return new Reach(ImmutableSet.copyOf(nodes), ImmutableSet.copyOf(reached));
  }

  private void addFunction(String name, Set<String> reached) {
    Deque<String> open = new ArrayDeque<>(List.of(name));
    while (!open.isEmpty()) {
      String next = open.pop();
      FunctionDef function = functions.get(next);
      if (function != null && reached.add(next)) {
        function.getNodeDefList().stream().flatMap(this::called).forEach(open::add);
        if (gradients.containsKey(next)) {
          open.add(gradients.get(next));
        }
      }
    }
  }

  /** The node of the graph itself, or null. */
  @Nullable NodeDef node(String name) {
    return main.get(name);
  }

  /** The nodes of the graph itself. */
  Collection<NodeDef> nodes() {
    return main.values();
  }

  @Nullable FunctionDef function(String name) {
    return functions.get(name);
  }

  /** The nodes that call a function or hand it on. */
  List<Site> callers(String function) {
    return callers.getOrDefault(function, List.of());
  }
}
