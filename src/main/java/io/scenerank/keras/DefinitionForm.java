package io.scenerank.keras;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;

/** What tells a model's parameters and columns from its functional form. One class a model. */
interface DefinitionForm {
  /** The models that have a form in Keras. */
  ImmutableList<DefinitionForm> ALL =
      ImmutableList.of(
          new DefinitionPepNet(),
          new DefinitionApg(),
          new DefinitionM2m(),
          new DefinitionMmoe(),
          new DefinitionSharedBottom());

  /** The model's name in the registry. */
  String model();

  /** Whether the layers are those of this model. */
  boolean matches(DefinitionWiring wiring);

  /**
   * Reads the model. What is not looked at here is compared afterwards, when the model is built
   * again of what was read.
   *
   * @param columns takes the columns and their groups
   * @param params takes {@code model_params}
   * @throws io.scenerank.config.InvalidInputException if a layer that is needed is not there
   */
  void read(DefinitionWiring wiring, DefinitionColumns columns, ObjectNode params);
}
