package io.scenerank.keras;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Maps;
import io.scenerank.keras.Keras3Paths.LayerGroups;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.ndarray.Shape;

/**
 * Finds the group of each layer in a weights file: by the layer's name where the file has it, by
 * the order of the layers where the model's JSON lists them. Keras 2 names none: then a layer is
 * found by its class and its shapes, if no other layer has the same.
 */
final class LayerGroupFinder {
  /** How the original's code calls classes that have another name here. */
  private static final ImmutableMap<String, String> OTHER_NAMES = ImmutableMap.of("dn_ns", "dnn");

  private final Keras3Arrays arrays;
  private final FunctionalModel reference;
  private final ModelVariables variables;
  private final ImmutableList<String> ordered;

  /**
   * @param reference the model as the reference builds it
   * @param ordered paths of the model's variables, those of one object in its order
   */
  LayerGroupFinder(
      Keras3Arrays arrays,
      FunctionalModel reference,
      ModelVariables variables,
      ImmutableList<String> ordered) {
    this.arrays = arrays;
    this.reference = reference;
    this.variables = variables;
    this.ordered = ordered;
  }

  /**
   * @param listed the layers as the model's JSON lists them
   */
  LayerGroups find(Optional<ImmutableList<ListedLayer>> listed) {
    if (listed.isPresent()) {
      return new LayerGroups(
          ImmutableMap.<String, String>builder()
              .putAll(Keras3Names.groups(listed.get()))
              .putAll(arrays.named())
              .buildKeepingLast(),
          ImmutableList.of());
    }
    Map<String, String> found = new LinkedHashMap<>(arrays.named());
    Set<String> free = new HashSet<>(arrays.layerGroups());
    free.removeAll(found.values());
    Map<FunctionalLayer, ImmutableList<String>> open = new LinkedHashMap<>();
    for (FunctionalLayer layer : reference.layers()) {
      if (!found.containsKey(layer.path()) && !inside(layer).isEmpty()) {
        open.put(layer, fitting(layer, free));
      }
    }
    assignUnique(open, found);
    ImmutableList<String> guessed = assignInOrder(open, found);
    assignBorrowers(found);
    return new LayerGroups(ImmutableMap.copyOf(found), guessed);
  }

  /** Layers with one fitting group take it, which may leave one for others. */
  private static void assignUnique(
      Map<FunctionalLayer, ImmutableList<String>> open, Map<String, String> found) {
    for (boolean again = true; again; ) {
      Set<String> taken = ImmutableSet.copyOf(found.values());
      open.replaceAll(
          (layer, groups) ->
              groups.stream()
                  .filter(group -> !taken.contains(group))
                  .collect(ImmutableList.toImmutableList()));
      Map<FunctionalLayer, ImmutableList<String>> unique =
          ImmutableMap.copyOf(Maps.filterValues(open, groups -> groups.size() == 1));
      unique.forEach(
          (layer, groups) -> {
            if (!found.containsValue(groups.get(0))) {
              found.put(layer.path(), groups.get(0));
            }
          });
      open.keySet().removeAll(unique.keySet());
      again = !unique.isEmpty();
    }
  }

  /** The others take what fits in the order of the reference, which nothing proves. */
  private static ImmutableList<String> assignInOrder(
      Map<FunctionalLayer, ImmutableList<String>> open, Map<String, String> found) {
    Map<ImmutableList<String>, List<String>> alike = new LinkedHashMap<>();
    Set<String> taken = new HashSet<>(found.values());
    open.forEach(
        (layer, groups) ->
            groups.stream()
                .filter(taken::add)
                .findFirst()
                .ifPresent(
                    group -> {
                      found.put(layer.path(), group);
                      alike.computeIfAbsent(groups, key -> new ArrayList<>()).add(layer.path());
                    }));
    ImmutableList.Builder<String> guessed = ImmutableList.builder();
    alike.forEach(
        (groups, layers) ->
            guessed.add(String.format("  %s have the shapes of %s", shown(groups), shown(layers))));
    return guessed.build();
  }

  /** Layers that have only a unit which others share: any of their groups may hold it. */
  private void assignBorrowers(Map<String, String> found) {
    for (FunctionalLayer layer : reference.layers()) {
      if (layer.config().hasNonNull("meta_unit") && inside(layer).isEmpty()) {
        fitting(layer, ImmutableSet.copyOf(arrays.layerGroups())).stream()
            .filter(group -> !found.containsValue(group))
            .findFirst()
            .ifPresent(group -> found.putIfAbsent(layer.path(), group));
      }
    }
  }

  private static String shown(List<String> names) {
    int most = 6;
    return String.join(", ", names.subList(0, Math.min(most, names.size())))
        + (names.size() > most ? ", … (" + names.size() + ")" : "");
  }

  /** The groups that could be a layer's, in the order of their counters. */
  private ImmutableList<String> fitting(FunctionalLayer layer, Set<String> free) {
    String className = Keras3Names.snakeCase(layer.className());
    return free.stream()
        .filter(group -> className.equals(classOf(group)) && fits(layer, group))
        .sorted(Comparator.comparingInt(String::length).thenComparing(group -> group))
        .collect(ImmutableList.toImmutableList());
  }

  private static String classOf(String group) {
    String stem = Keras3Names.stem(group.substring(group.lastIndexOf('/') + 1));
    return OTHER_NAMES.getOrDefault(stem, stem);
  }

  private boolean fits(FunctionalLayer layer, String group) {
    List<String> inside = inside(layer);
    for (String path : inside) {
      Shape shape = variables.shapes().get(path);
      int index = ModelVariables.siblings(path, ordered).indexOf(path);
      String rest = path.substring(layer.path().length() + 1);
      if (arrays.find(group, rest, index).filter(v -> v.shape().equals(shape)).isEmpty()) {
        return false;
      }
    }
    // A unit that several layers share is stored in the first of them.
    return layer.config().hasNonNull("meta_unit") || arrays.count(group) == inside.size();
  }

  /** Paths of a layer's own variables. */
  private List<String> inside(FunctionalLayer layer) {
    return ordered.stream().filter(path -> path.startsWith(layer.path() + "/")).toList();
  }
}
