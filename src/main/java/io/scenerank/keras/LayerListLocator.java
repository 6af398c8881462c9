package io.scenerank.keras;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ListMultimap;
import com.google.common.collect.MultimapBuilder;
import io.scenerank.model.ModelDefinition;
import java.util.List;

/**
 * Finds variables in a {@code .h5} of Keras 2, or one that Keras 3 writes in its form, which has a
 * list of arrays a layer: by the layer's name, then as {@link LayerArrays} does.
 */
final class LayerListLocator implements VariableLocator {
  private final ImmutableMap<String, ImmutableList<NamedArray>> layers;
  private final int generation;

  /**
   * @param layers arrays in the layer's order by its path
   * @param generation of Keras that wrote the file
   */
  LayerListLocator(ImmutableMap<String, ImmutableList<NamedArray>> layers, int generation) {
    this.layers = layers;
    this.generation = generation;
  }

  @Override
  public Located locate(ModelDefinition<?> definition, ModelVariables variables) {
    FunctionalModel model = FunctionalModel.of(definition, generation);
    ImmutableList<ListMultimap<String, String>> orders =
        KerasOrder.known(model).stream()
            .map(order -> byLayer(order.trainedFirst(variables.paths())))
            .collect(ImmutableList.toImmutableList());
    ImmutableListMultimap.Builder<String, StoredVariable> located = ImmutableListMultimap.builder();
    ImmutableList.Builder<String> guessed = ImmutableList.builder();
    ImmutableList.Builder<String> unproven = ImmutableList.builder();
    layers.forEach(
        (layer, arrays) -> {
          boolean ofKeras = isOfKeras(model, layer);
          List<List<String>> paths = orders.stream().map(order -> order.get(layer)).toList();
          LayerArrays match = new LayerArrays(layer, arrays, variables.shapes());
          match.locate(paths).forEach(located::put);
          match.guessed(paths).ifPresent(guessed::add);
          match.unproven(paths).filter(line -> !ofKeras).ifPresent(unproven::add);
        });
    return new Located(located.build(), guessed.build(), unproven.build());
  }

  /** Whether the layer is of a class of Keras', whose order is known. */
  private static boolean isOfKeras(FunctionalModel model, String path) {
    return model.layers().stream()
        .filter(layer -> layer.path().equals(path))
        .noneMatch(layer -> FunctionalClasses.isOfReference(layer.className()));
  }

  private ListMultimap<String, String> byLayer(List<String> ordered) {
    ListMultimap<String, String> paths = MultimapBuilder.hashKeys().arrayListValues().build();
    for (String path : ordered) {
      for (OwnedPath owned : OwnedPath.of(path, layers.keySet())) {
        paths.put(owned.layer(), path);
      }
    }
    return paths;
  }
}
