package io.scenerank.keras;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import io.scenerank.layer.base.Functional;
import io.scenerank.layer.base.InputLayer;
import io.scenerank.layer.base.LayerTree;
import io.scenerank.layer.base.LayerTree.VariableNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Arrays in a TensorFlow checkpoint of Keras 2, by itself or in a SavedModel: a model's layers by
 * their number, what is inside them by the names of attributes.
 */
final class CheckpointArrays implements ModelArrays {
  private static final String OPTIMIZER = "optimizer";

  private final ObjectGraph graph;
  private final ImmutableMap<String, StoredVariable> stored;

  CheckpointArrays(TensorBundle bundle, ObjectGraph graph) {
    this.graph = graph;
    this.stored = Maps.uniqueIndex(bundle.variables(), StoredVariable::key);
  }

  @Override
  public ImmutableMap<String, Place> places(LayerTree model) {
    Map<String, Place> places = new LinkedHashMap<>();
    walk(model, Optional.of(graph.root()), "", places);
    return ImmutableMap.copyOf(places);
  }

  private void walk(
      LayerTree tree, Optional<Integer> node, String path, Map<String, Place> places) {
    ImmutableMap<String, Integer> children = node.map(graph::children).orElseGet(ImmutableMap::of);
    for (VariableNode variable : tree.variables()) {
      Optional<StoredVariable> array =
          Optional.ofNullable(children.get(variable.name())).flatMap(graph::key).map(stored::get);
      places.putIfAbsent(
          variable.path(), new Place("variable '" + path + variable.name() + "'", array));
    }
    int number = 0;
    for (LayerTree child : tree.children()) {
      String name = child.attribute();
      if (tree.layer() instanceof Functional model) {
        // A sequential model does not list its input among its layers.
        boolean listed =
            !(model.kerasClass().equals("Sequential") && child.layer() instanceof InputLayer);
        name = listed ? "layer-" + number++ : "";
      }
      // What an attention holds is private here, and has properties in Keras 3.
      Integer found = children.getOrDefault(name, children.get("_" + name));
      StringBuilder inside = new StringBuilder(path).append(name).append('/');
      Optional<Integer> object = Optional.ofNullable(found);
      for (int index : child.indices()) {
        String item = Integer.toString(index);
        object = object.flatMap(list -> graph.find(list, item));
        inside.append(item).append('/');
      }
      walk(child, object, inside.toString(), places);
    }
  }

  @Override
  public ImmutableList<StoredVariable> weights() {
    return stored.entrySet().stream()
        .filter(entry -> SavedModelSource.isKeras2Weight(entry.getKey()))
        .map(Map.Entry::getValue)
        .filter(StoredVariable::isFloat)
        .collect(ImmutableList.toImmutableList());
  }

  @Override
  public ImmutableList<StoredVariable> optimizer() {
    ImmutableList.Builder<StoredVariable> variables = ImmutableList.builder();
    graph
        .find(graph.root(), OPTIMIZER + "/_variables")
        .ifPresent(list -> graph.items(list).forEach(key -> add(key, variables)));
    return variables.build();
  }

  private void add(String key, ImmutableList.Builder<StoredVariable> variables) {
    if (stored.containsKey(key)) {
      variables.add(requireNonNull(stored.get(key), key));
    }
  }

  @Override
  public void close() {
    // A bundle holds no file open.
  }
}
