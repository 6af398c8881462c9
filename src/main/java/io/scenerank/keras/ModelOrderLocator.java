package io.scenerank.keras;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import io.scenerank.model.ModelDefinition;

/** Finds variables in a list without names, in the order of {@code model.variables}. */
final class ModelOrderLocator implements VariableLocator {
  private final ImmutableList<StoredVariable> stored;

  ModelOrderLocator(ImmutableList<StoredVariable> stored) {
    this.stored = stored;
  }

  @Override
  public Located locate(ModelDefinition<?> definition, ModelVariables variables) {
    ImmutableList<String> paths =
        new KerasOrder(FunctionalModel.of(definition, 3)).variables(variables.paths());
    ImmutableListMultimap.Builder<String, StoredVariable> located = ImmutableListMultimap.builder();
    for (int i = 0; i < Math.min(paths.size(), stored.size()); i++) {
      located.put(paths.get(i), stored.get(i));
    }
    return Located.proven(located.build());
  }
}
