package io.scenerank.layer;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.LayerGraph.Node;
import io.scenerank.layer.base.LayerGraph.TensorRef;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The order of Keras' {@code model.layers}: the layers that are deepest below the outputs first,
 * those of one depth as a walk from the outputs first meets them.
 */
final class LayerOrder {
  private final Map<String, Layer> layers;
  private final Map<Place, Node> nodes = new HashMap<>();
  private final Map<String, Integer> firstVisit = new LinkedHashMap<>();
  private final List<Place> order = new ArrayList<>();

  private record Place(String layer, int node) {
    static Place of(TensorRef ref) {
      return new Place(ref.layer(), ref.node());
    }
  }

  /** A call under way and those of its inputs that are still to be walked. */
  private record Step(Place place, Iterator<TensorRef> rest) {}

  /**
   * @param calls without a cycle
   */
  LayerOrder(Map<String, Layer> layers, List<Node> calls) {
    this.layers = layers;
    calls.forEach(node -> nodes.put(new Place(node.layer(), node.number()), node));
  }

  /**
   * Layers that no output depends on are left out.
   *
   * @param outputs in the order in which Keras flattens them: a dict by its sorted keys
   */
  ImmutableList<Layer> ordered(Iterable<TensorRef> outputs) {
    outputs.forEach(this::walk);
    Map<String, Integer> layerDepths = new LinkedHashMap<>();
    Map<Place, Integer> depths = new HashMap<>();
    List<Place> backwards = new ArrayList<>(order);
    Collections.reverse(backwards);
    for (Place place : backwards) {
      // A layer is as deep as the deepest of its calls, and from there on so are its other calls.
      int depth =
          Math.max(depths.getOrDefault(place, 0), layerDepths.getOrDefault(place.layer(), 0));
      layerDepths.put(place.layer(), depth);
      for (TensorRef input : inputs(place)) {
        depths.merge(Place.of(input), depth + 1, Math::max);
      }
    }
    return layerDepths.keySet().stream()
        .sorted(
            Comparator.<String>comparingInt(name -> -requireNonNull(layerDepths.get(name), name))
                .thenComparingInt(firstVisit::get))
        .map(layers::get)
        .collect(ImmutableList.toImmutableList());
  }

  private ImmutableList<TensorRef> inputs(Place place) {
    Node node = nodes.get(place);
    return node == null ? ImmutableList.of() : node.arguments().tensors();
  }

  private void walk(TensorRef output) {
    Set<Place> finished = new HashSet<>(order);
    Deque<Step> stack = new ArrayDeque<>();
    push(Place.of(output), stack, finished);
    while (!stack.isEmpty()) {
      Step step = stack.getLast();
      if (step.rest().hasNext()) {
        push(Place.of(step.rest().next()), stack, finished);
      } else {
        stack.removeLast();
        order.add(step.place());
      }
    }
  }

  private void push(Place place, Deque<Step> stack, Set<Place> finished) {
    if (finished.add(place)) {
      firstVisit.putIfAbsent(place.layer(), firstVisit.size());
      stack.addLast(new Step(place, inputs(place).iterator()));
    }
  }
}
