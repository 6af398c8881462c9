package io.scenerank.layer.base;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Multimaps;
import java.util.HashMap;
import java.util.Map;
import org.tensorflow.op.Ops;

/**
 * Calls of layers on tensors: what Keras calls a functional model.
 *
 * @param layers every layer once, in the model's order; inputs among them
 * @param nodes every call, each behind those whose results it reads
 * @param inputs the model's inputs
 * @param outputs the model's outputs
 */
public record LayerGraph(
    ImmutableList<Layer> layers,
    ImmutableList<Node> nodes,
    Structure<TensorRef> inputs,
    Structure<TensorRef> outputs) {

  /**
   * A tensor: one output of one call of a layer.
   *
   * @param layer name of the layer
   * @param node number of the call among the layer's, from 0
   * @param tensor number of the output among the call's, from 0
   */
  public record TensorRef(String layer, int node, int tensor) {
    @Override
    public String toString() {
      return layer + "[" + node + "][" + tensor + "]";
    }
  }

  /**
   * A call of a layer.
   *
   * @param layer name of the layer
   * @param number number of the call among the layer's, from 0
   * @param arguments what it is called with
   */
  public record Node(String layer, int number, Arguments<TensorRef> arguments) {}

  /** A layer by its name. */
  public Layer layer(String name) {
    return requireNonNull(byName().get(name), name);
  }

  /** The layers by their names. */
  public ImmutableMap<String, Layer> byName() {
    return layers.stream().collect(ImmutableMap.toImmutableMap(Layer::name, layer -> layer));
  }

  /** The calls of each layer. */
  public ImmutableListMultimap<String, Node> calls() {
    return Multimaps.index(nodes, Node::layer);
  }

  /** Computes some calls of a graph in another way, which gives the same numbers faster. */
  @FunctionalInterface
  public interface Pass {
    /**
     * Adds ops for the calls that the pass replaces.
     *
     * @param layers the layers by name
     * @param inputs values of the graph's inputs
     * @return the result of each call that is replaced
     */
    ImmutableMap<Node, MaskedTensor> apply(
        Ops tf, ImmutableMap<String, BoundLayer> layers, Map<TensorRef, MaskedTensor> inputs);
  }

  /** The graph with the variables of its layers. */
  static final class Bound {
    private final LayerGraph graph;
    private final Map<String, BoundLayer> layers = new HashMap<>();

    Bound(LayerGraph graph, BuildScope scope) {
      this.graph = graph;
      ImmutableListMultimap<String, Node> calls = graph.calls();
      for (Layer layer : graph.layers()) {
        int times = Math.max(1, calls.get(layer.name()).size());
        layers.put(layer.name(), scope.child(BuildScope.pathOf(layer.name()), layer, times));
        layer.sharedLayers().forEach((inner, each) -> scope.addSharedCalls(inner, each * times));
      }
    }

    /**
     * Adds all calls.
     *
     * @param inputs of the structure of the graph's inputs
     */
    Structure<MaskedTensor> call(Ops tf, Structure<MaskedTensor> inputs, Pass pass) {
      ImmutableList<TensorRef> places = graph.inputs().leaves();
      ImmutableList<MaskedTensor> given = inputs.leaves();
      if (places.size() != given.size()) {
        throw new IllegalArgumentException(
            "called with " + given.size() + " tensors, expected " + places.size());
      }
      Map<TensorRef, MaskedTensor> values = new HashMap<>();
      for (int i = 0; i < places.size(); i++) {
        values.put(places.get(i), given.get(i));
      }
      ImmutableMap<Node, MaskedTensor> replaced =
          pass.apply(tf, ImmutableMap.copyOf(layers), values);
      replaced.forEach(
          (node, value) -> values.put(new TensorRef(node.layer(), node.number(), 0), value));
      for (Node node : graph.nodes()) {
        if (replaced.containsKey(node)) {
          continue;
        }
        Arguments<MaskedTensor> arguments =
            node.arguments().map(ref -> requireNonNull(values.get(ref), ref.toString()));
        ImmutableList<MaskedTensor> results =
            requireNonNull(layers.get(node.layer()), node.layer()).call(tf, arguments).leaves();
        for (int i = 0; i < results.size(); i++) {
          values.put(new TensorRef(node.layer(), node.number(), i), results.get(i));
        }
      }
      return graph.outputs().map(ref -> requireNonNull(values.get(ref), ref.toString()));
    }
  }
}
