package io.scenerank.keras;

import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.ImmutableMap;
import io.scenerank.model.ModelDefinition;

/** Finds variables in a SavedModel that this library exported: under the paths themselves. */
final class OwnNameLocator implements VariableLocator {
  private final ImmutableMap<String, StoredVariable> stored;

  OwnNameLocator(ImmutableMap<String, StoredVariable> stored) {
    this.stored = stored;
  }

  @Override
  public Located locate(ModelDefinition<?> definition, ModelVariables variables) {
    ImmutableListMultimap.Builder<String, StoredVariable> located = ImmutableListMultimap.builder();
    for (String path : variables.paths()) {
      if (stored.containsKey(path)) {
        located.put(path, stored.get(path));
      }
    }
    return Located.proven(located.build());
  }
}
