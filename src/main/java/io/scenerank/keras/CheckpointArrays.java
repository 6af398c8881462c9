package io.scenerank.keras;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableMultimap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Maps;
import io.scenerank.layer.base.Functional;
import io.scenerank.layer.base.InputLayer;
import io.scenerank.layer.base.LayerTree;
import io.scenerank.layer.base.LayerTree.Listed;
import io.scenerank.layer.base.LayerTree.VariableNode;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Arrays in a TensorFlow checkpoint of Keras 2, by itself or in a SavedModel: a model's layers by
 * their number, what is inside them by the names of attributes.
 */
final class CheckpointArrays implements ModelArrays {
  private static final String ATTRIBUTES = "/.ATTRIBUTES/";
  private static final String LAYER = "layer-";
  private static final String SLOT = "/.OPTIMIZER_SLOT/optimizer/";
  private static final String FIRST_MOMENT = "/m/";
  private static final ImmutableList<String> SLOTS = ImmutableList.of("m", "v");

  private final ObjectGraph graph;
  private final ImmutableMap<String, StoredVariable> stored;

  CheckpointArrays(TensorBundle bundle, ObjectGraph graph) {
    this.graph = graph;
    this.stored = Maps.uniqueIndex(bundle.variables(), StoredVariable::key);
  }

  @Override
  public ImmutableMultimap<String, Place> places(LayerTree model) {
    Map<String, Place> places = new LinkedHashMap<>();
    walk(model, Optional.of(graph.root()), "", places);
    return ImmutableMap.copyOf(places).asMultimap();
  }

  private void walk(
      LayerTree tree, Optional<Integer> node, String path, Map<String, Place> places) {
    ImmutableMap<String, Integer> children = node.map(graph::children).orElseGet(ImmutableMap::of);
    for (VariableNode variable : tree.variables()) {
      Optional<StoredVariable> array =
          node.flatMap(object -> graph.variable(object, variable.name())).map(stored::get);
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
        int next = listed ? number++ : number;
        name = listed ? LAYER + child.listed().map(Listed::number).orElse(next) : "";
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
        .filter(entry -> isWeight(entry.getKey()))
        .map(Map.Entry::getValue)
        .filter(StoredVariable::isFloat)
        .collect(ImmutableList.toImmutableList());
  }

  @Override
  public ListedLayers listed(LayerTree model) {
    ImmutableMap<String, String> names = graph.names();
    ImmutableMap.Builder<Integer, ImmutableSet<String>> layers = ImmutableMap.builder();
    graph
        .children(graph.root())
        .forEach(
            (name, node) -> {
              if (name.matches(LAYER + "\\d{1,9}")) {
                ImmutableSet<String> own =
                    graph.below(node).stream()
                        .filter(names::containsKey)
                        .map(names::get)
                        .collect(ImmutableSet.toImmutableSet());
                layers.put(Integer.parseInt(name.substring(LAYER.length())), own);
              }
            });
    return ListedLayers.numbered(model, layers.buildKeepingLast());
  }

  /** What is neither the optimizer's nor a metric's nor the saver's. */
  private static boolean isWeight(String key) {
    return !key.startsWith("optimizer/")
        && !key.startsWith("keras_api/")
        && !key.contains(SLOT)
        && !key.startsWith("save_counter/");
  }

  @Override
  public ImmutableList<StoredVariable> optimizer() {
    Optional<Integer> list = graph.find(graph.root(), "optimizer/_variables");
    return list.isPresent()
        ? stored(graph.items(list.get()))
        : graph
            .find(graph.root(), "optimizer/iter")
            .flatMap(graph::key)
            .map(this::slots)
            .orElse(ImmutableList.of());
  }

  /** An optimizer's variables begin with its name, as {@code Adam/m/dense/kernel}. */
  @Override
  public Optional<String> optimizerName() {
    return graph.names().values().stream()
        .filter(name -> name.contains(FIRST_MOMENT))
        .map(name -> name.substring(0, name.indexOf(FIRST_MOMENT)).toLowerCase(Locale.ROOT))
        .findFirst();
  }

  /** The variables of an optimizer from before TensorFlow 2.11, as later ones list them. */
  private ImmutableList<StoredVariable> slots(String iteration) {
    ImmutableList.Builder<String> keys = ImmutableList.builder();
    keys.add(iteration);
    graph
        .find(graph.root(), "trainable_variables")
        .map(graph::items)
        .orElse(ImmutableList.of())
        .forEach(
            key -> {
              for (String slot : SLOTS) {
                keys.add(key.replace(ATTRIBUTES, SLOT + slot + ATTRIBUTES));
              }
            });
    return stored(keys.build());
  }

  private ImmutableList<StoredVariable> stored(ImmutableList<String> keys) {
    return keys.stream()
        .filter(stored::containsKey)
        .map(stored::get)
        .collect(ImmutableList.toImmutableList());
  }
}
