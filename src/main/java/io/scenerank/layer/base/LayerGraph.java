package io.scenerank.layer.base;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Multimaps;

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
}
