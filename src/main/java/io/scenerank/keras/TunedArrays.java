package io.scenerank.keras;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableMultimap;
import io.scenerank.layer.base.LayerTree;
import io.scenerank.layer.base.LayerTree.VariableNode;
import java.util.Collection;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.ndarray.Shape;

/**
 * Variables of an export of this library that Python has loaded, trained on and saved: a list in
 * the order of the export's graph, where all tables of one width are one variable.
 */
final class TunedArrays implements ModelArrays {
  private final ImmutableList<StoredVariable> weights;
  private final ImmutableListMultimap<String, String> parts;

  private TunedArrays(
      ImmutableList<StoredVariable> weights, ImmutableListMultimap<String, String> parts) {
    this.weights = weights;
    this.parts = parts;
  }

  /** The variables of a list, not yet those of a model. */
  static TunedArrays of(ListedArrays list) {
    return new TunedArrays(list.weights(), ImmutableListMultimap.of());
  }

  /**
   * The variables of a model.
   *
   * @param newParts paths of its variables by the variable of its graph that holds them
   */
  TunedArrays withParts(ImmutableListMultimap<String, String> newParts) {
    return new TunedArrays(weights, newParts);
  }

  @Override
  public ImmutableMultimap<String, Place> places(LayerTree model) {
    ImmutableMap<String, Shape> shapes =
        VariableOrder.of(model).stream()
            .collect(ImmutableMap.toImmutableMap(VariableNode::path, VariableNode::shape));
    Map<String, StoredVariable> found = new HashMap<>();
    int next = 0;
    for (Collection<String> whole : parts.asMap().values()) {
      if (next < weights.size()) {
        cut(weights.get(next++), whole, shapes, found);
      }
    }
    ImmutableMap.Builder<String, Place> places = ImmutableMap.builder();
    for (String path : shapes.keySet()) {
      Optional<StoredVariable> array = Optional.ofNullable(found.get(path));
      String name =
          array
              .map(StoredVariable::key)
              .orElseGet(
                  () ->
                      String.format(
                          Locale.ROOT,
                          "%s among %d variables, expected %d,",
                          path,
                          weights.size(),
                          parts.keySet().size()));
      places.put(path, new Place("variable '" + name + "'", array));
    }
    return places.buildOrThrow().asMultimap();
  }

  /** A variable of another number of rows is not cut: then its tables are missing. */
  private static void cut(
      StoredVariable whole,
      Collection<String> paths,
      ImmutableMap<String, Shape> shapes,
      Map<String, StoredVariable> found) {
    if (paths.size() == 1) {
      found.put(paths.iterator().next(), whole);
      return;
    }
    long rows = paths.stream().mapToLong(path -> rows(shapes, path)).sum();
    if (whole.shape().numDimensions() == 0 || whole.shape().get(0) != rows) {
      return;
    }
    long from = 0;
    for (String path : paths) {
      long to = from + rows(shapes, path);
      found.put(path, whole.rows(from, to));
      from = to;
    }
  }

  private static long rows(ImmutableMap<String, Shape> shapes, String path) {
    Shape shape = shapes.get(path);
    return shape == null ? 0 : shape.get(0);
  }

  @Override
  public ListedLayers listed(LayerTree model) {
    return ListedLayers.certain(model);
  }

  @Override
  public ImmutableList<StoredVariable> weights() {
    return weights;
  }
}
