package io.scenerank.keras;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.scenerank.keras.StoredOptimizer.Moments;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The orders of layers that a weights file of Keras 3 allows. The file counts the layers of each
 * class in the model's order; how layers of different classes follow each other, only the shapes of
 * the moments tell. Where several orders fit, none is proven.
 */
final class LayerMerge {
  /** More than models need; a damaged file could ask for any number. */
  private static final int MOST_STATES = 20_000;

  private final ImmutableList<Moments> moments;
  private final ModelVariables variables;
  private final WeightMatch match;

  /** A search for orders: which ones were found, and from where none can be. */
  private record Search(
      ImmutableList<ImmutableList<List<String>>> classes,
      Set<ImmutableList<String>> found,
      Set<List<Integer>> seen) {}

  LayerMerge(ImmutableList<Moments> moments, ModelVariables variables, WeightMatch match) {
    this.moments = moments;
    this.variables = variables;
    this.match = match;
  }

  /**
   * Orders of the variables that fit the moments; at most two are looked for.
   *
   * @param known orders of the variables inside their layers
   */
  ImmutableSet<ImmutableList<String>> orders(List<ImmutableList<String>> known) {
    Set<ImmutableList<String>> found = new LinkedHashSet<>();
    for (List<String> order : ImmutableSet.copyOf(known)) {
      if (order.size() == moments.size()) {
        Search search = new Search(classes(order), found, new HashSet<>());
        List<Integer> start = new ArrayList<>();
        search.classes().forEach(layers -> start.add(0));
        extend(search, start, new ArrayList<>());
      }
    }
    return ImmutableSet.copyOf(found);
  }

  /** Each class' layers in the order of their counters, each with its variables. */
  private ImmutableList<ImmutableList<List<String>>> classes(List<String> order) {
    Map<String, Map<String, List<String>>> byClass = new LinkedHashMap<>();
    for (String path : order) {
      String group = group(match.keyOf(path));
      byClass
          .computeIfAbsent(
              Keras3Names.stem(group),
              stem ->
                  new TreeMap<>(Comparator.comparingInt(String::length).thenComparing(key -> key)))
          .computeIfAbsent(group, key -> new ArrayList<>())
          .add(path);
    }
    return byClass.values().stream()
        .map(layers -> ImmutableList.copyOf(layers.values()))
        .collect(ImmutableList.toImmutableList());
  }

  /** {@code dense_1} of {@code layers/dense_1/vars/0}. */
  private static String group(String key) {
    String[] parts = key.split("/", -1);
    return parts.length > 1 ? parts[1] : key;
  }

  private void extend(Search search, List<Integer> places, List<String> paths) {
    if (paths.size() == moments.size()) {
      search.found().add(ImmutableList.copyOf(paths));
    }
    int before = search.found().size();
    for (int i = 0; i < places.size() && search.found().size() < 2; i++) {
      List<List<String>> layers = search.classes().get(i);
      if (places.get(i) < layers.size() && fits(layers.get(places.get(i)), paths.size())) {
        List<Integer> next = new ArrayList<>(places);
        next.set(i, places.get(i) + 1);
        List<String> longer = new ArrayList<>(paths);
        longer.addAll(layers.get(places.get(i)));
        boolean open = search.seen().size() < MOST_STATES && !search.seen().contains(next);
        if (open) {
          extend(search, next, longer);
        }
      }
    }
    if (search.found().size() == before) {
      search.seen().add(ImmutableList.copyOf(places));
    }
  }

  private boolean fits(List<String> paths, int from) {
    boolean fit = from + paths.size() <= moments.size();
    for (int i = 0; fit && i < paths.size(); i++) {
      fit = moments.get(from + i).fit(variables.shape(paths.get(i)));
    }
    return fit;
  }
}
