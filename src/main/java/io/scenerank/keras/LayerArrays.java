package io.scenerank.keras;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Maps;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.ndarray.Shape;

/**
 * The arrays of one layer in a list. They are matched by their names where these are the paths, as
 * the reference writes them; else by the order in which the layer's code creates its variables,
 * that of the reference or of the original's code, whichever fits the shapes.
 */
final class LayerArrays {
  private final String layer;
  private final ImmutableList<NamedArray> arrays;
  private final ImmutableMap<String, Shape> shapes;

  /** What the file tells of an array, and what must be alike in the model. */
  private record Kind(String last, Shape shape) {}

  LayerArrays(String layer, ImmutableList<NamedArray> arrays, ImmutableMap<String, Shape> shapes) {
    this.layer = layer;
    this.arrays = arrays;
    this.shapes = shapes;
  }

  /**
   * The arrays by path.
   *
   * @param orders paths of the layer's variables, in each order that is known
   */
  ImmutableMap<String, StoredVariable> locate(List<List<String>> orders) {
    ImmutableMap<String, NamedArray> names = Maps.uniqueIndex(distinct(), NamedArray::name);
    if (areNames(orders.get(0))) {
      return orders.get(0).stream()
          .collect(
              ImmutableMap.toImmutableMap(
                  path -> path, path -> requireNonNull(names.get(path), path).array()));
    }
    List<String> order = fitting(orders).stream().findFirst().orElse(orders.get(0));
    ImmutableMap.Builder<String, StoredVariable> located = ImmutableMap.builder();
    for (int i = 0; i < Math.min(order.size(), arrays.size()); i++) {
      located.put(order.get(i), arrays.get(i).array());
    }
    return located.buildOrThrow();
  }

  private List<NamedArray> distinct() {
    Set<String> seen = new HashSet<>();
    return arrays.stream().filter(array -> seen.add(array.name())).toList();
  }

  private boolean areNames(List<String> paths) {
    return distinct().size() == arrays.size()
        && ImmutableSet.copyOf(paths)
            .equals(arrays.stream().map(NamedArray::name).collect(ImmutableSet.toImmutableSet()));
  }

  /** The orders in which names and shapes are the file's, each once. */
  private ImmutableSet<List<String>> fitting(List<List<String>> orders) {
    List<Kind> found =
        arrays.stream().map(array -> new Kind(array.last(), array.array().shape())).toList();
    return orders.stream()
        .filter(order -> kinds(order).equals(found))
        .collect(ImmutableSet.toImmutableSet());
  }

  private List<Kind> kinds(List<String> order) {
    return order.stream()
        .map(
            path ->
                new Kind(
                    path.substring(path.lastIndexOf('/') + 1),
                    requireNonNull(shapes.get(path), path)))
        .toList();
  }

  /** A line if two orders fit, which would give arrays to different variables. */
  Optional<String> guessed(List<List<String>> orders) {
    return areNames(orders.get(0)) || fitting(orders).size() < 2
        ? Optional.empty()
        : Optional.of(
            String.format(
                Locale.ROOT,
                "  %s: its %d arrays fit the order of the reference and that of the original's"
                    + " code",
                layer,
                arrays.size()));
  }

  /** A line if variables of one name and shape are told apart by their order alone. */
  Optional<String> unproven(List<List<String>> orders) {
    List<Kind> kinds = kinds(orders.get(0));
    boolean alike = ImmutableSet.copyOf(kinds).size() < kinds.size();
    return alike && !areNames(orders.get(0))
        ? Optional.of(
            String.format(
                Locale.ROOT,
                "%s holds %d arrays in an order, some of one shape",
                layer,
                arrays.size()))
        : Optional.empty();
  }
}
