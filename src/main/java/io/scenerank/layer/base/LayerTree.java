package io.scenerank.layer.base;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.tensorflow.ndarray.Shape;

/**
 * The objects of a model that is built: each layer with its variables and the layers inside it, in
 * the order in which Keras creates them. Names and files of variables follow from it.
 */
public final class LayerTree {
  private final String attribute;
  private final OptionalInt index;
  private final Layer layer;
  private final List<VariableNode> variables = new ArrayList<>();
  private final List<LayerTree> children = new ArrayList<>();

  /**
   * A variable.
   *
   * @param name as {@code kernel}
   * @param path its name in the graph and in checkpoints
   * @param shape all dimensions known
   * @param trainable whether it was created to be trained; a frozen layer's kernel is
   */
  public record VariableNode(String name, String path, Shape shape, boolean trainable) {}

  LayerTree(String attribute, OptionalInt index, Layer layer) {
    this.attribute = attribute;
    this.index = index;
    this.layer = layer;
  }

  /** The tree of a model of which nothing is built. */
  public static LayerTree root(Layer model) {
    return new LayerTree("", OptionalInt.empty(), model);
  }

  LayerTree add(String childAttribute, OptionalInt childIndex, Layer child) {
    LayerTree tree = new LayerTree(childAttribute, childIndex, child);
    children.add(tree);
    return tree;
  }

  void add(VariableNode variable) {
    variables.add(variable);
  }

  /** The attribute of the parent that holds the layer. */
  public String attribute() {
    return attribute;
  }

  /** The place in the list, where the attribute is one. */
  public OptionalInt index() {
    return index;
  }

  /** The layer. */
  public Layer layer() {
    return layer;
  }

  /** Its own variables in the order of their creation. */
  public ImmutableList<VariableNode> variables() {
    return ImmutableList.copyOf(variables);
  }

  /** The layers inside it. */
  public ImmutableList<LayerTree> children() {
    return ImmutableList.copyOf(children);
  }
}
