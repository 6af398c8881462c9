package io.scenerank.keras;

import io.scenerank.model.ModelDefinition;

/** Knows where a source has a model's variables. */
interface VariableLocator {
  /** Finds the variables of a model. */
  Located locate(ModelDefinition<?> definition, ModelVariables variables);
}
