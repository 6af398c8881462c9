package io.scenerank.layer.base;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Multimaps;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.family.TType;

/**
 * The objects of a model that is built: each layer with its variables and the layers inside it, in
 * the order in which Keras creates them. Names and files of variables follow from it.
 */
public final class LayerTree {
  private final String attribute;
  private final ImmutableList<Integer> indices;
  private final Layer layer;
  private final List<VariableNode> variables = new ArrayList<>();
  private final List<LayerTree> children = new ArrayList<>();
  private Optional<LayerTree> shared = Optional.empty();
  private Optional<Listed> listed = Optional.empty();
  private final List<ImmutableList<Output>> outputs = new ArrayList<>();

  /**
   * A variable.
   *
   * @param name as {@code kernel}
   * @param path its name in the graph and in checkpoints
   * @param shape all dimensions known
   * @param trainable whether it was created to be trained; a frozen layer's kernel is
   * @param stored where Keras' files have it
   */
  public record VariableNode(
      String name, String path, Shape shape, boolean trainable, Stored stored) {
    VariableNode(String name, String path, Shape shape, boolean trainable) {
      this(name, path, shape, trainable, Stored.HERE);
    }
  }

  /** Where Keras' files have a variable. */
  public enum Stored {
    /** At the layer. */
    HERE,
    /** At the layer, and once more at the layer inside it whose variable it is. */
    TWICE,
    /** Nowhere: it is zero when a model is loaded. */
    NOWHERE
  }

  /**
   * A layer as the model that wrote a file lists it.
   *
   * @param number its place among the layers of the model
   * @param kerasClass name of its class
   */
  public record Listed(int number, String kerasClass) {}

  /** What a call gave: its shape, -1 for any size, and its type. */
  public record Output(Shape shape, Class<? extends TType> type) {}

  LayerTree(String attribute, ImmutableList<Integer> indices, Layer layer) {
    this.attribute = attribute;
    this.indices = indices;
    this.layer = layer;
  }

  /** The tree of a model of which nothing is built. */
  public static LayerTree root(Layer model) {
    return new LayerTree("", ImmutableList.of(), model);
  }

  LayerTree add(String childAttribute, ImmutableList<Integer> childIndices, Layer child) {
    LayerTree tree = new LayerTree(childAttribute, childIndices, child);
    children.add(tree);
    return tree;
  }

  /** Adds a layer that another one holds too. */
  void addShared(LayerTree shared, String childAttribute, ImmutableList<Integer> childIndices) {
    LayerTree tree = new LayerTree(childAttribute, childIndices, shared.layer);
    tree.shared = Optional.of(shared);
    children.add(tree);
  }

  /** The same layer with these layers inside it. */
  public LayerTree withChildren(List<LayerTree> others) {
    LayerTree copy = new LayerTree(attribute, indices, layer);
    copy.variables.addAll(variables());
    copy.children.addAll(others);
    copy.listed = listed;
    return copy;
  }

  /** The same layer as the model that wrote a file lists it. */
  public LayerTree as(Listed place) {
    LayerTree copy = withChildren(children());
    copy.listed = Optional.of(place);
    return copy;
  }

  /** The place of the layer in the model that wrote a file, where it was told. */
  public Optional<Listed> listed() {
    return listed;
  }

  /** Name of its class in the model that wrote a file. */
  public String storedClass() {
    return listed.map(Listed::kerasClass).orElse(layer.kerasClass());
  }

  void add(VariableNode variable) {
    variables.add(variable);
  }

  /** Says what a call of the layer gave. */
  void output(Structure<MaskedTensor> given) {
    outputs.add(
        given.leaves().stream()
            .map(leaf -> new Output(leaf.value().shape(), leaf.value().type()))
            .collect(ImmutableList.toImmutableList()));
  }

  /** What each call of the layer gave, in their order; none for an input. */
  public ImmutableList<ImmutableList<Output>> outputs() {
    return ImmutableList.copyOf(outputs);
  }

  /** Shape of the first result of the first call; absent for a layer that was not called. */
  public Optional<Shape> output() {
    return outputs.stream().flatMap(List::stream).findFirst().map(Output::shape);
  }

  /** The attribute of the parent that holds the layer. */
  public String attribute() {
    return attribute;
  }

  /** The places in the list, and in the lists inside it, where the attribute is one. */
  public ImmutableList<Integer> indices() {
    return indices;
  }

  /** The layer. */
  public Layer layer() {
    return layer;
  }

  /** Whether its variables are those of another place in the model. */
  public boolean isShared() {
    return shared.isPresent();
  }

  /** Its own variables in the order of their creation. */
  public ImmutableList<VariableNode> variables() {
    return ImmutableList.copyOf(shared.isPresent() ? shared.get().variables : variables);
  }

  /**
   * What Keras calls the variables of a model, by their paths: without the models that they lie in.
   * Of a variable that several layers hold, the first name counts.
   */
  public ImmutableMap<String, String> kerasPaths() {
    Map<String, String> paths = new LinkedHashMap<>();
    name("", paths);
    return ImmutableMap.copyOf(paths);
  }

  private void name(String scope, Map<String, String> paths) {
    variables().stream()
        .filter(variable -> variable.stored() != Stored.TWICE)
        .forEach(variable -> paths.putIfAbsent(variable.path(), scope + variable.name()));
    boolean apart =
        layer instanceof Functional || (layer.wraps() && layer.config().generation() == 3);
    for (LayerTree child : children()) {
      // A layer in the place of an activation's function is built before its owner.
      boolean alone = apart || child.attribute().equals("activation");
      child.name((alone ? "" : scope) + child.layer().name() + "/", paths);
    }
  }

  /** The layers inside it: the items of a list side by side, where the list was created. */
  public ImmutableList<LayerTree> children() {
    ImmutableListMultimap<String, LayerTree> lists =
        Multimaps.index(
            shared.isPresent() ? shared.get().children : children,
            child ->
                child.indices.isEmpty()
                    ? child.attribute + "/" + child.layer.name()
                    : child.attribute);
    return lists.values().asList();
  }
}
