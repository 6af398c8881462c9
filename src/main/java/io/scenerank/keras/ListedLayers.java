package io.scenerank.keras;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSortedMap;
import com.google.common.collect.ListMultimap;
import com.google.common.collect.MultimapBuilder;
import com.google.common.collect.Multimaps;
import io.scenerank.layer.base.BuildScope;
import io.scenerank.layer.base.GroupNames;
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
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

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
          new Entry(
              BuildScope.pathOf(name), layer.path("class_name").asText().replaceFirst("^.*>", "")));
    }
    Map<String, Integer> byPath = new HashMap<>();
    for (int i = 0; i < entries.size(); i++) {
      byPath.putIfAbsent(entries.get(i).path(), i);
    }
    Map<LayerTree, Integer> found = new LinkedHashMap<>();
    List<LayerTree> open = new ArrayList<>();
    for (LayerTree child : tree.children()) {
      Integer place = byPath.get(BuildScope.pathOf(child.layer().name()));
      if (place != null) {
        found.put(child, place);
      } else if (!VariableOrder.of(child).isEmpty()) {
        open.add(child);
      }
    }
    Set<Integer> taken = new HashSet<>(found.values());
    for (LayerTree child : open) {
      for (int i = 0; i < entries.size(); i++) {
        if (entries.get(i).kerasClass().equals(child.layer().kerasClass()) && taken.add(i)) {
          found.put(child, i);
          break;
        }
      }
    }
    Map<LayerTree, Listed> listed = new LinkedHashMap<>();
    found.forEach(
        (child, place) -> listed.put(child, new Listed(place, entries.get(place).kerasClass())));
    return new ListedLayers(ordered(tree, listed), alike(open));
  }

  /** The layers by their places; behind them those that have none. */
  private static LayerTree ordered(LayerTree tree, Map<LayerTree, Listed> places) {
    List<LayerTree> ordered = new ArrayList<>();
    places.entrySet().stream()
        .sorted(Comparator.comparingInt(entry -> entry.getValue().number()))
        .forEach(entry -> ordered.add(entry.getKey().as(entry.getValue())));
    tree.children().stream().filter(child -> !places.containsKey(child)).forEach(ordered::add);
    return tree.withChildren(ordered);
  }

  /**
   * As a file that counts the layers of each class names them. A layer whose name is another takes
   * the next place of its class.
   *
   * @param names of layers by their group, as {@code layers/embedding_2}
   */
  static ListedLayers named(LayerTree tree, ImmutableMap<String, String> names) {
    ListMultimap<String, String> groups =
        Multimaps.index(
            names.keySet().stream().sorted(Comparator.comparingInt(ListedLayers::counter)).toList(),
            ListedLayers::classOf);
    List<LayerTree> ordered = new ArrayList<>(tree.children());
    List<LayerTree> unnamed = new ArrayList<>();
    ListMultimap<String, Integer> places =
        MultimapBuilder.linkedHashKeys().arrayListValues().build();
    for (int i = 0; i < ordered.size(); i++) {
      places.put(GroupNames.snakeCase(ordered.get(i).storedClass()), i);
    }
    Multimaps.asMap(places)
        .forEach(
            (kind, own) -> {
              List<String> order =
                  groups.get(kind).stream()
                      .map(group -> BuildScope.pathOf(requireNonNull(names.get(group))))
                      .toList();
              List<LayerTree> layers = own.stream().map(ordered::get).toList();
              List<LayerTree> sorted = sorted(layers, order, unnamed);
              for (int i = 0; i < own.size(); i++) {
                ordered.set(own.get(i), sorted.get(i));
              }
            });
    return new ListedLayers(tree.withChildren(ordered), alike(unnamed));
  }

  /**
   * Layers of one class in the order of their names.
   *
   * @param names all names of layers of this class, in the file's order
   * @param unnamed takes the layers that have none of the names
   */
  private static List<LayerTree> sorted(
      List<LayerTree> layers, List<String> names, List<LayerTree> unnamed) {
    Map<Integer, LayerTree> placed = new TreeMap<>();
    List<LayerTree> others = new ArrayList<>();
    for (LayerTree layer : layers) {
      int place = names.indexOf(BuildScope.pathOf(layer.layer().name()));
      if (place < 0 || placed.putIfAbsent(place, layer) != null) {
        others.add(layer);
      }
    }
    unnamed.addAll(others);
    int next = 0;
    for (LayerTree layer : others) {
      while (placed.containsKey(next)) {
        next++;
      }
      placed.put(next, layer);
    }
    return List.copyOf(placed.values());
  }

  /**
   * As a file that numbers its layers names their variables. A layer whose variables have other
   * names takes the next number that is left.
   *
   * @param names of the variables of each layer, as {@code embedding/user_id/embeddings}, by its
   *     number
   */
  static ListedLayers numbered(LayerTree tree, ImmutableMap<Integer, ImmutableSet<String>> names) {
    List<LayerTree> open = new ArrayList<>(tree.children());
    open.removeIf(child -> VariableOrder.of(child).isEmpty());
    Map<LayerTree, Listed> places = new LinkedHashMap<>();
    List<Integer> left = new ArrayList<>();
    ImmutableSortedMap.copyOf(names)
        .forEach(
            (number, own) -> {
              Optional<LayerTree> named =
                  open.stream()
                      .filter(child -> own.stream().anyMatch(name -> isIn(name, child)))
                      .max(Comparator.comparingInt(child -> child.layer().name().length()));
              if (named.isPresent()) {
                places.put(named.get(), listed(number, named.get()));
                open.remove(named.get());
              } else if (!own.isEmpty()) {
                left.add(number);
              }
            });
    for (int i = 0; i < Math.min(open.size(), left.size()); i++) {
      places.put(open.get(i), listed(left.get(i), open.get(i)));
    }
    return new ListedLayers(ordered(tree, places), alike(open));
  }

  private static boolean isIn(String variable, LayerTree layer) {
    return variable.startsWith(BuildScope.pathOf(layer.layer().name()) + "/");
  }

  private static Listed listed(int number, LayerTree layer) {
    return new Listed(number, layer.layer().kerasClass());
  }

  /** Where nothing is open: the file finds layers by their names, or their order is known. */
  static ListedLayers certain(LayerTree tree) {
    return new ListedLayers(tree, ImmutableList.of());
  }

  /** Where the file tells nothing: layers of one class that have the same shapes are a guess. */
  static ListedLayers unlisted(LayerTree tree) {
    return new ListedLayers(tree, alike(tree.children()));
  }

  /** A line for the layers that could be taken for each other. */
  private static ImmutableList<String> alike(List<LayerTree> layers) {
    Map<List<Object>, Map<ImmutableList<String>, String>> groups = new LinkedHashMap<>();
    for (LayerTree layer : layers) {
      ImmutableList<VariableNode> variables = VariableOrder.of(layer);
      List<Object> kind = new ArrayList<>();
      kind.add(layer.layer().kerasClass());
      variables.forEach(variable -> kind.add(variable.shape()));
      if (!variables.isEmpty()) {
        // Layers that share all their variables may take each other's place.
        groups
            .computeIfAbsent(kind, key -> new LinkedHashMap<>())
            .putIfAbsent(paths(variables), layer.layer().name());
      }
    }
    return groups.values().stream()
        .filter(names -> names.size() > 1)
        .map(names -> "  " + String.join(", ", names.values()) + " have the same shapes")
        .collect(ImmutableList.toImmutableList());
  }

  private static ImmutableList<String> paths(List<VariableNode> variables) {
    return variables.stream().map(VariableNode::path).collect(ImmutableList.toImmutableList());
  }

  /** Name of the class in a group's name, which has a number from the second of a class on. */
  static String classOf(String group) {
    return group.replaceFirst("^.*/", "").replaceFirst("_\\d{1,9}$", "");
  }

  private static int counter(String group) {
    String digits = group.replaceFirst("^.*?(?:_(\\d{1,9}))?$", "$1");
    return digits.isEmpty() ? 0 : Integer.parseInt(digits);
  }
}
