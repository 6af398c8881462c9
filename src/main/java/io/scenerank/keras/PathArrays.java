package io.scenerank.keras;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableMultimap;
import com.google.common.collect.Maps;
import io.scenerank.layer.base.LayerTree;
import io.scenerank.layer.base.LayerTree.VariableNode;
import java.util.Optional;

/** Variables of a SavedModel that this library exported: under their paths. */
final class PathArrays implements ModelArrays {
  private final ImmutableMap<String, StoredVariable> stored;

  PathArrays(TensorBundle bundle) {
    this.stored = Maps.uniqueIndex(bundle.variables(), StoredVariable::key);
  }

  @Override
  public ImmutableMultimap<String, Place> places(LayerTree model) {
    ImmutableMap.Builder<String, Place> places = ImmutableMap.builder();
    for (VariableNode variable : VariableOrder.of(model)) {
      String path = variable.path();
      places.put(path, new Place("variable '" + path + "'", Optional.ofNullable(stored.get(path))));
    }
    return places.buildOrThrow().asMultimap();
  }

  @Override
  public ListedLayers listed(LayerTree model) {
    return ListedLayers.certain(model);
  }

  @Override
  public ImmutableList<StoredVariable> weights() {
    return stored.values().asList();
  }
}
