package io.scenerank.layer;

import com.google.common.collect.ImmutableList;
import io.scenerank.config.InvalidInputException;
import io.scenerank.layer.base.InputLayer;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.LayerGraph.Node;
import io.scenerank.layer.base.LayerGraph.TensorRef;
import io.scenerank.layer.base.Structure;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Puts calls in an order in which each comes behind those whose results it reads. The walk keeps
 * its own stack, since a foreign graph may be deep.
 */
final class NodeOrder {
  private final Map<String, Layer> layers;
  private final Map<Place, Node> nodes = new HashMap<>();
  private final List<Node> all;
  private final String where;

  private record Place(String layer, int node) {}

  /** A call under way and those of its inputs that are still to be walked. */
  private record Step(Node node, Iterator<TensorRef> rest) {}

  NodeOrder(Map<String, Layer> layers, List<Node> all, String where) {
    this.layers = layers;
    this.all = all;
    this.where = where;
    all.forEach(node -> nodes.put(new Place(node.layer(), node.number()), node));
  }

  /**
   * All calls that the outputs depend on.
   *
   * @throws InvalidInputException if a call reads a tensor that is not there, or its own result
   */
  ImmutableList<Node> ordered(Structure<TensorRef> outputs) {
    for (Node node : all) {
      node.arguments().tensors().forEach(ref -> require(ref, node.layer()));
    }
    outputs.leaves().forEach(ref -> require(ref, "output_layers"));
    Set<Node> done = new LinkedHashSet<>();
    Set<Node> open = new HashSet<>();
    for (TensorRef output : outputs.leaves()) {
      walk(output, done, open);
    }
    return byDepth(ImmutableList.copyOf(done));
  }

  /**
   * Keras' own order: by the number of calls on the longest way to an output, and of calls as far
   * from it, those of the last output first. It decides what several calls of one layer draw, and
   * in which order they move its averages.
   *
   * @param calls each behind those whose results it reads, in the order of the outputs
   */
  private ImmutableList<Node> byDepth(ImmutableList<Node> calls) {
    Map<Node, Integer> depths = new LinkedHashMap<>();
    Map<String, Integer> layerDepths = new HashMap<>();
    for (Node node : calls.reverse()) {
      // A layer's later calls are as far from the outputs as its earlier ones.
      int depth = Math.max(depths.getOrDefault(node, 0), layerDepths.getOrDefault(node.layer(), 0));
      depths.put(node, depth);
      layerDepths.put(node.layer(), depth);
      for (TensorRef ref : node.arguments().tensors()) {
        Node before = nodes.get(new Place(ref.layer(), ref.node()));
        if (before != null) {
          depths.merge(before, depth + 1, Math::max);
        }
      }
    }
    return depths.entrySet().stream()
        .sorted(Map.Entry.<Node, Integer>comparingByValue().reversed())
        .map(Map.Entry::getKey)
        .collect(ImmutableList.toImmutableList());
  }

  private void walk(TensorRef output, Set<Node> done, Set<Node> open) {
    Deque<Step> stack = new ArrayDeque<>();
    push(output, stack, done, open);
    while (!stack.isEmpty()) {
      Step step = stack.getLast();
      if (step.rest().hasNext()) {
        push(step.rest().next(), stack, done, open);
      } else {
        stack.removeLast();
        open.remove(step.node());
        done.add(step.node());
      }
    }
  }

  private void push(TensorRef ref, Deque<Step> stack, Set<Node> done, Set<Node> open) {
    Node node = nodes.get(new Place(ref.layer(), ref.node()));
    if (node == null || done.contains(node)) {
      return; // an input, or walked already
    }
    if (!open.add(node)) {
      throw new InvalidInputException(
          where + ": layer '" + node.layer() + "' reads its own result");
    }
    stack.addLast(new Step(node, node.arguments().tensors().iterator()));
  }

  private void require(TensorRef ref, String reader) {
    Layer layer = layers.get(ref.layer());
    boolean there =
        layer instanceof InputLayer
            ? ref.node() == 0
            : layer != null && nodes.containsKey(new Place(ref.layer(), ref.node()));
    if (!there) {
      throw new InvalidInputException(
          String.format(
              Locale.ROOT,
              "%s: '%s' reads call %d of layer '%s', which is not there",
              where,
              reader,
              ref.node(),
              ref.layer()));
    }
  }
}
