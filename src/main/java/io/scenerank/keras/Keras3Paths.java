package io.scenerank.keras;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.ImmutableMap;
import io.scenerank.model.ModelDefinition;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds variables in the HDF5 file of Keras 3 by their objects' paths. The file names a layer after
 * its class with a counter and gives its name beside it; an item of a list likewise, without a name
 * that means anything; variables are numbered in the order of their creation.
 */
final class Keras3Paths implements VariableLocator {
  static final String LAYERS = "layers";
  static final String VARS = "vars";
  private static final Pattern COUNTED = Pattern.compile(".*?(?:_(\\d{1,9}))?");

  private final ImmutableMap<String, StoredVariable> arrays;
  private final Map<String, Set<String>> children = new HashMap<>();
  private final ImmutableMap<String, String> named;
  private final Optional<FunctionalModel> model;

  /**
   * @param model the functional model where the file comes with one
   */
  Keras3Paths(
      Hdf5 file, ImmutableMap<String, StoredVariable> arrays, Optional<FunctionalModel> model) {
    this.arrays = arrays;
    this.model = model;
    for (String group : file.groups()) {
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
  private ImmutableMap<String, String> names(Hdf5 file) {
    ImmutableMap.Builder<String, String> groups = ImmutableMap.builder();
    for (String key : children.getOrDefault(LAYERS, Set.of())) {
      String group = LAYERS + "/" + key;
      file.text(group + "/" + VARS, "name")
          .ifPresent(name -> groups.put(FunctionalLayer.path(name, 3), group));
    }
    return groups.buildKeepingLast();
  }

  /** Groups of all layers: early versions of Keras 3 name none, and some files not every one. */
  private ImmutableMap<String, String> groups(FunctionalModel reference) {
    return ImmutableMap.<String, String>builder()
        .putAll(Keras3Names.groups(model.orElse(reference)))
        .putAll(named)
        .buildKeepingLast();
  }

  @Override
  public ImmutableListMultimap<String, StoredVariable> locate(
      ModelDefinition<?> definition, ModelVariables variables) {
    FunctionalModel reference = FunctionalModel.of(definition, 3);
    ImmutableMap<String, String> groups = groups(reference);
    ImmutableList<String> ordered = new KerasOrder(reference).variables(variables.paths());
    ImmutableListMultimap.Builder<String, StoredVariable> found = ImmutableListMultimap.builder();
    for (String path : ordered) {
      int index = ModelVariables.siblings(path, ordered).indexOf(path);
      for (OwnedPath owned : OwnedPath.of(path, groups.keySet())) {
        key(groups.get(owned.layer()), owned.inside(), index)
            .map(arrays::get)
            .ifPresent(stored -> found.put(path, stored));
      }
    }
    return found.build();
  }

  /** The key of an array, if the groups on its way are there. */
  private Optional<String> key(String layerGroup, String inside, int index) {
    String group = layerGroup;
    String[] names = inside.split("/");
    for (int i = 0; i < names.length - 1; i++) {
      Optional<String> child = child(group, names[i]);
      if (child.isEmpty()) {
        return Optional.empty();
      }
      group = group + "/" + child.get();
    }
    return Optional.of(group + "/" + VARS + "/" + index);
  }

  private Optional<String> child(String group, String name) {
    Set<String> names = children.getOrDefault(group, Set.of());
    if (name.chars().allMatch(Character::isDigit)) {
      int index = Integer.parseInt(name);
      return names.stream()
          .filter(child -> !child.equals(VARS) && counter(child) == index)
          .findFirst();
    }
    String bare = name.replaceFirst("^_+", "");
    return names.contains(bare) ? Optional.of(bare) : Optional.empty();
  }

  private static int counter(String name) {
    Matcher matcher = COUNTED.matcher(name);
    return matcher.matches() && matcher.group(1) != null ? Integer.parseInt(matcher.group(1)) : 0;
  }
}
