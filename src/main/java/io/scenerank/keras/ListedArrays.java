package io.scenerank.keras;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableMultimap;
import com.google.common.collect.Maps;
import io.scenerank.layer.base.LayerTree;
import io.scenerank.layer.base.LayerTree.VariableNode;
import java.util.List;
import java.util.Optional;

/**
 * Arrays of a SavedModel of Keras 3: one list in the order of {@code model.variables}, the states
 * of random numbers among them.
 */
final class ListedArrays implements ModelArrays {
  private final ImmutableList<StoredVariable> weights;

  /**
   * @param list number of the list in the graph
   */
  ListedArrays(TensorBundle bundle, ObjectGraph graph, int list) {
    ImmutableMap<String, StoredVariable> stored =
        Maps.uniqueIndex(bundle.variables(), StoredVariable::key);
    this.weights =
        graph.items(list).stream()
            .filter(stored::containsKey)
            .map(stored::get)
            .filter(StoredVariable::isFloat)
            .collect(ImmutableList.toImmutableList());
  }

  @Override
  public ImmutableMultimap<String, Place> places(LayerTree model) {
    List<VariableNode> order = VariableOrder.of(model);
    ImmutableMap.Builder<String, Place> places = ImmutableMap.builder();
    for (int i = 0; i < order.size(); i++) {
      places.put(
          order.get(i).path(),
          i < weights.size()
              ? new Place("variable '" + weights.get(i).key() + "'", Optional.of(weights.get(i)))
              : new Place("variable " + (i + 1) + " of " + order.size(), Optional.empty()));
    }
    return places.buildOrThrow().asMultimap();
  }

  @Override
  public ImmutableList<StoredVariable> weights() {
    return weights;
  }
}
