package io.scenerank.keras;

import com.google.common.collect.ImmutableListMultimap;
import io.scenerank.model.ModelDefinition;

/** Knows where a source has a model's variables. */
interface VariableLocator {
  /**
   * The source's variables by the model's path. One path may have several, copies of each other; a
   * path that the source lacks has none.
   */
  ImmutableListMultimap<String, StoredVariable> locate(
      ModelDefinition<?> definition, ModelVariables variables);
}
