package io.scenerank.keras;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ListMultimap;
import com.google.common.collect.MultimapBuilder;
import io.scenerank.model.ModelDefinition;
import java.util.List;

/**
 * Finds variables in the HDF5 file of Keras 2, which has a list of arrays a layer: by the layer's
 * name and the order inside the layer.
 */
final class LayerLists implements VariableLocator {
  private final ImmutableMap<String, ImmutableList<StoredVariable>> layers;

  /**
   * @param layers arrays in the layer's order by its name
   */
  LayerLists(ImmutableMap<String, ImmutableList<StoredVariable>> layers) {
    this.layers = layers;
  }

  @Override
  public ImmutableListMultimap<String, StoredVariable> locate(
      ModelDefinition<?> definition, ModelVariables variables) {
    ListMultimap<String, String> paths = MultimapBuilder.hashKeys().arrayListValues().build();
    KerasOrder order = new KerasOrder(FunctionalModel.of(definition, 2));
    for (String path : order.variables(variables.paths())) {
      for (OwnedPath owned : OwnedPath.of(path, layers.keySet())) {
        paths.put(owned.layer(), path);
      }
    }
    ImmutableListMultimap.Builder<String, StoredVariable> located = ImmutableListMultimap.builder();
    layers.forEach(
        (layer, arrays) -> {
          List<String> expected = paths.get(layer);
          for (int i = 0; i < Math.min(expected.size(), arrays.size()); i++) {
            located.put(expected.get(i), arrays.get(i));
          }
        });
    return located.build();
  }
}
