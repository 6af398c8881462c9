package io.scenerank.keras;

import com.google.common.collect.ImmutableMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The groups and arrays of a weights file of Keras 3, looked up by attribute names. */
final class Keras3Arrays {
  private static final Pattern COUNTED = Pattern.compile(".*?(?:_(\\d{1,9}))?");

  private final ImmutableMap<String, StoredVariable> arrays;
  private final Map<String, Set<String>> children = new HashMap<>();
  private final ImmutableMap<String, String> named;

  Keras3Arrays(WeightFiles file) {
    OldLayerNames names = new OldLayerNames(file.groups());
    this.arrays =
        file.arrays("").entrySet().stream()
            .collect(
                ImmutableMap.toImmutableMap(
                    entry -> names.renamed(entry.getKey()), Map.Entry::getValue));
    for (String path : file.groups()) {
      String group = names.renamed(path);
      int cut = group.lastIndexOf('/');
      if (cut >= 0) {
        children
            .computeIfAbsent(group.substring(0, cut), key -> new TreeSet<>())
            .add(group.substring(cut + 1));
      }
    }
    this.named = names(file);
  }

  /** Groups of the layers that the file names, by the layer's path. */
  private ImmutableMap<String, String> names(WeightFiles file) {
    ImmutableMap.Builder<String, String> groups = ImmutableMap.builder();
    for (String group : layerGroups()) {
      file.text(group + "/" + Keras3Paths.VARS, "name")
          .ifPresent(name -> groups.put(FunctionalLayer.path(name, 3), group));
    }
    return groups.buildKeepingLast();
  }

  /** All arrays by their path in the file. */
  ImmutableMap<String, StoredVariable> all() {
    return arrays;
  }

  /** Groups of the layers that the file names, by the layer's path. */
  ImmutableMap<String, String> named() {
    return named;
  }

  /** Groups of all layers. */
  List<String> layerGroups() {
    return children.getOrDefault(Keras3Paths.LAYERS, Set.of()).stream()
        .map(name -> Keras3Paths.LAYERS + "/" + name)
        .toList();
  }

  /** Whether a group of this name is anywhere in the file. */
  boolean hasGroupNamed(String name) {
    return children.values().stream().anyMatch(names -> names.contains(name));
  }

  /** Number of the weights below a group. */
  long count(String group) {
    return arrays.keySet().stream()
        .filter(key -> key.startsWith(group + "/") && !key.contains("/seed_generator/"))
        .count();
  }

  /**
   * An array of a layer.
   *
   * @param inside path of the variable inside the layer
   * @param index its number among the variables of its object
   */
  Optional<StoredVariable> find(String layerGroup, String inside, int index) {
    String group = layerGroup;
    String[] names = inside.split("/", -1);
    for (int i = 0; i < names.length - 1; i++) {
      Optional<String> child = child(group, names[i]);
      if (child.isEmpty()) {
        return Optional.empty();
      }
      group = group + "/" + child.get();
    }
    return Optional.ofNullable(arrays.get(group + "/" + Keras3Paths.VARS + "/" + index));
  }

  private Optional<String> child(String group, String name) {
    Set<String> names = children.getOrDefault(group, Set.of());
    if (name.chars().allMatch(Character::isDigit)) {
      int index = Integer.parseInt(name);
      List<String> items =
          names.stream()
              .filter(child -> !child.equals(Keras3Paths.VARS) && counter(child) == index)
              .toList();
      // Items of two classes are counted each for themselves: then the number tells nothing.
      return items.size() == 1 ? Optional.of(items.get(0)) : Optional.empty();
    }
    // Keras 3 leaves out the underscore of a private attribute, Keras 2 does not.
    String bare = name.replaceFirst("^_+", "");
    return names.contains(name) ? Optional.of(name) : Optional.of(bare).filter(names::contains);
  }

  private static int counter(String name) {
    Matcher matcher = COUNTED.matcher(name);
    return matcher.matches() && matcher.group(1) != null ? Integer.parseInt(matcher.group(1)) : 0;
  }
}
