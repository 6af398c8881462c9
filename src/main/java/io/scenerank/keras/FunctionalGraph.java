package io.scenerank.keras;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Layers with their calls, walked as Keras does: from the outputs back, every call's tensors in
 * their order. The walk keeps its own stack, since a foreign graph may be deep.
 */
final class FunctionalGraph {
  private final ImmutableMap<String, FunctionalLayer> layers;

  /** A call of a layer; an input's only node counts as one. */
  private record Node(String layer, int call) {
    static Node of(FunctionalTensor tensor) {
      return new Node(tensor.layer(), tensor.node());
    }
  }

  /** A node under way and those of its inputs that are still to be walked. */
  private record Step(Node node, Iterator<FunctionalTensor> rest) {}

  /**
   * @param order nodes, each behind those that it reads
   * @param firstVisit when a layer was first met
   * @param cycle a layer whose call reads its own result
   */
  private record Walk(
      ImmutableList<Node> order,
      ImmutableMap<String, Integer> firstVisit,
      Optional<String> cycle) {}

  /**
   * @param layers layers with names of their own; every tensor is of one of them
   */
  FunctionalGraph(Collection<FunctionalLayer> layers) {
    this.layers = Maps.uniqueIndex(layers, FunctionalLayer::name);
  }

  /** A layer one of whose calls reads its own result, if there is any. */
  Optional<FunctionalLayer> cycle() {
    List<FunctionalTensor> all = new ArrayList<>();
    for (FunctionalLayer layer : layers.values()) {
      for (int call = 0; call < layer.nodes(); call++) {
        all.add(new FunctionalTensor(layer.name(), call, 0));
      }
    }
    return walk(all).cycle().map(layers::get);
  }

  /**
   * The layers in the order of Keras' {@code model.layers}: those that lie deepest below the
   * outputs first, those of one depth as the walk from the outputs first meets them. Layers that no
   * output depends on are left out.
   *
   * @param outputs in the order in which Keras flattens them: a dict by its sorted keys
   */
  ImmutableList<FunctionalLayer> ordered(Iterable<FunctionalTensor> outputs) {
    Walk walk = walk(outputs);
    Map<String, Integer> layerDepths = new LinkedHashMap<>();
    Map<Node, Integer> nodeDepths = new HashMap<>();
    for (Node node : walk.order().reverse()) {
      // A layer lies as deep as the deepest of its calls, and from there on so do its other calls.
      int depth =
          Math.max(nodeDepths.getOrDefault(node, 0), layerDepths.getOrDefault(node.layer(), 0));
      layerDepths.put(node.layer(), depth);
      for (FunctionalTensor input : inputs(node)) {
        nodeDepths.merge(Node.of(input), depth + 1, Math::max);
      }
    }
    return layerDepths.keySet().stream()
        .sorted(
            Comparator.<String>comparingInt(name -> -requireNonNull(layerDepths.get(name), name))
                .thenComparingInt(walk.firstVisit()::get))
        .map(layers::get)
        .collect(ImmutableList.toImmutableList());
  }

  private ImmutableList<FunctionalTensor> inputs(Node node) {
    FunctionalLayer layer = requireNonNull(layers.get(node.layer()), node.layer());
    return layer.calls().isEmpty() ? ImmutableList.of() : layer.calls().get(node.call()).tensors();
  }

  private Walk walk(Iterable<FunctionalTensor> starts) {
    Map<String, Integer> firstVisit = new LinkedHashMap<>();
    ImmutableList.Builder<Node> order = ImmutableList.builder();
    Set<Node> finished = new HashSet<>();
    Set<Node> underWay = new HashSet<>();
    for (FunctionalTensor start : starts) {
      Deque<Step> stack = new ArrayDeque<>();
      Optional<Node> next = Optional.of(Node.of(start));
      while (next.isPresent() || !stack.isEmpty()) {
        if (next.filter(node -> !finished.contains(node)).isPresent()) {
          Node node = next.orElseThrow();
          if (!underWay.add(node)) {
            return new Walk(
                order.build(), ImmutableMap.copyOf(firstVisit), Optional.of(node.layer()));
          }
          firstVisit.putIfAbsent(node.layer(), firstVisit.size());
          stack.push(new Step(node, inputs(node).iterator()));
        }
        next = Optional.empty();
        if (!stack.isEmpty()) {
          Step step = stack.peek();
          if (step.rest().hasNext()) {
            next = Optional.of(Node.of(step.rest().next()));
          } else {
            stack.pop();
            finished.add(step.node());
            underWay.remove(step.node());
            order.add(step.node());
          }
        }
      }
    }
    return new Walk(order.build(), ImmutableMap.copyOf(firstVisit), Optional.empty());
  }
}
