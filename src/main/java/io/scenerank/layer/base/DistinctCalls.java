package io.scenerank.layer.base;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.layer.base.LayerGraph.Node;
import io.scenerank.layer.base.LayerGraph.TensorRef;
import io.scenerank.layer.base.Pass.PassView;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * The calls of a graph without repetitions: a table that several parts of a model look the same
 * input up in is called once, and so are layers without variables that do the same.
 *
 * @param nodes the calls that are left
 * @param same for each result of a call that is left out the one of which it is a repetition
 */
record DistinctCalls(ImmutableList<Node> nodes, ImmutableMap<TensorRef, TensorRef> same) {

  /**
   * A call by what it computes.
   *
   * @param what the layer, or what says all about it
   */
  private record Key(Object what, Arguments<TensorRef> arguments) {}

  static DistinctCalls of(LayerGraph graph) {
    ImmutableMap<String, Layer> layers = graph.byName();
    Map<Key, Node> known = new HashMap<>();
    Map<TensorRef, TensorRef> same = new HashMap<>();
    UnaryOperator<TensorRef> first = ref -> same.getOrDefault(ref, ref);
    ImmutableList.Builder<Node> nodes = ImmutableList.builder();
    for (Node given : graph.nodes()) {
      Node node = new Node(given.layer(), given.number(), given.arguments().map(first));
      Layer layer = layers.get(node.layer());
      Node earlier =
          layer == null || layer.repeats() == Layer.Repeats.NEVER
              ? null
              : known.putIfAbsent(new Key(what(layer), node.arguments()), node);
      if (earlier == null) {
        nodes.add(node);
      } else {
        same.put(PassView.result(node), PassView.result(earlier));
      }
    }
    return new DistinctCalls(nodes.build(), ImmutableMap.copyOf(same));
  }

  private static Object what(Layer layer) {
    return layer.repeats() == Layer.Repeats.OF_THE_LAYER
        ? layer.name()
        : layer.config().computation();
  }

  /** The results that are the model's outputs. */
  Structure<TensorRef> outputs(Structure<TensorRef> outputs) {
    return outputs.map(ref -> same.getOrDefault(ref, ref));
  }
}
