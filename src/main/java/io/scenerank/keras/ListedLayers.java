package io.scenerank.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.layer.base.LayerTree;
import io.scenerank.layer.base.LayerTree.Listed;
import io.scenerank.layer.base.LayerTree.VariableNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The layers of a model that was put together from a description, as the model that wrote a file
 * lists them: it may have its columns and tasks in another order, and call its classes otherwise.
 *
 * @param tree the layers in the order of the file's model
 * @param guessed layers that are alike, so that only their order tells which is which, a line each
 */
record ListedLayers(LayerTree tree, ImmutableList<String> guessed) {
  /** A layer of the file's model. */
  private record Entry(String path, String kerasClass) {}

  /**
   * As the model's JSON lists them. A layer is found by its name; those whose names are others,
   * such as counted ones, in the order of their class.
   */
  static ListedLayers of(LayerTree tree, JsonNode json) {
    List<Entry> entries = new ArrayList<>();
    for (JsonNode layer : json.path("config").path("layers")) {
      String name = layer.path("name").asText(layer.path("config").path("name").asText());
      entries.add(
          new Entry(path(name), layer.path("class_name").asText().replaceFirst("^.*>", "")));
    }
    Map<String, Integer> byPath = new HashMap<>();
    for (int i = 0; i < entries.size(); i++) {
      byPath.putIfAbsent(entries.get(i).path(), i);
    }
    Map<LayerTree, Integer> found = new LinkedHashMap<>();
    List<LayerTree> open = new ArrayList<>();
    for (LayerTree child : tree.children()) {
      Integer place = byPath.get(path(child.layer().name()));
      if (place != null) {
        found.put(child, place);
      } else if (!VariableOrder.of(child).isEmpty()) {
        open.add(child);
      }
    }
    Set<Integer> taken = new HashSet<>(found.values());
    List<LayerTree> ofClass = new ArrayList<>();
    for (LayerTree child : open) {
      for (int i = 0; i < entries.size(); i++) {
        if (sameClass(entries.get(i).kerasClass(), child) && taken.add(i)) {
          found.put(child, i);
          ofClass.add(child);
          break;
        }
      }
    }
    List<LayerTree> ordered = new ArrayList<>();
    found.entrySet().stream()
        .sorted(Map.Entry.comparingByValue())
        .forEach(
            entry ->
                ordered.add(
                    entry
                        .getKey()
                        .as(
                            new Listed(
                                entry.getValue(), entries.get(entry.getValue()).kerasClass()))));
    tree.children().stream().filter(child -> !found.containsKey(child)).forEach(ordered::add);
    return new ListedLayers(
        tree.withChildren(ordered), alike(ofClass.size() == open.size() ? ofClass : List.of()));
  }

  /**
   * As a file names some of them.
   *
   * @param names of layers by their group, as {@code layers/embedding_2}
   */
  static ListedLayers of(LayerTree tree, ImmutableMap<String, String> names) {
    Map<String, Integer> counters = new HashMap<>();
    names.forEach((group, name) -> counters.put(path(name), counter(group)));
    List<LayerTree> ordered = new ArrayList<>(tree.children());
    Map<String, List<Integer>> places = new LinkedHashMap<>();
    for (int i = 0; i < ordered.size(); i++) {
      if (counters.containsKey(path(ordered.get(i).layer().name()))) {
        places
            .computeIfAbsent(ordered.get(i).layer().kerasClass(), key -> new ArrayList<>())
            .add(i);
      }
    }
    places
        .values()
        .forEach(
            own -> {
              List<LayerTree> sorted =
                  own.stream()
                      .map(ordered::get)
                      .sorted(
                          Comparator.comparingInt(
                              child -> counters.getOrDefault(path(child.layer().name()), 0)))
                      .toList();
              for (int i = 0; i < own.size(); i++) {
                ordered.set(own.get(i), sorted.get(i));
              }
            });
    return new ListedLayers(tree.withChildren(ordered), ImmutableList.of());
  }

  /** Where the file tells nothing: layers of one class that have the same shapes are a guess. */
  static ListedLayers unlisted(LayerTree tree) {
    return new ListedLayers(tree, alike(tree.children()));
  }

  /** A line for the layers that could be taken for each other. */
  private static ImmutableList<String> alike(List<LayerTree> layers) {
    Map<List<Object>, List<String>> groups = new LinkedHashMap<>();
    for (LayerTree layer : layers) {
      List<Object> kind = new ArrayList<>();
      kind.add(layer.layer().kerasClass());
      for (VariableNode variable : VariableOrder.of(layer)) {
        kind.add(variable.shape());
      }
      if (kind.size() > 1) {
        groups.computeIfAbsent(kind, key -> new ArrayList<>()).add(layer.layer().name());
      }
    }
    return groups.values().stream()
        .filter(names -> names.size() > 1)
        .map(names -> "  " + String.join(", ", names) + " have the same shapes")
        .collect(ImmutableList.toImmutableList());
  }

  private static boolean sameClass(String kerasClass, LayerTree child) {
    return kerasClass.equals(child.layer().kerasClass());
  }

  private static String path(String name) {
    return name.replace("__", "/");
  }

  private static int counter(String group) {
    String digits = group.replaceFirst("^.*?(?:_(\\d{1,9}))?$", "$1");
    return digits.isEmpty() ? 0 : Integer.parseInt(digits);
  }
}
