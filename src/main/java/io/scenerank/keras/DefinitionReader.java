package io.scenerank.keras;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableSet;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import io.scenerank.config.SpellingHint;
import io.scenerank.model.ModelDefinition;
import io.scenerank.model.Models;

/**
 * Tells which model of ours a functional model of Keras is: its parameters and its feature columns,
 * found by the classes of its layers and by what they read. Names that the Keras model does not
 * hold get their defaults: those of groups that parameters name, for instance.
 */
final class DefinitionReader {
  private final Models models;
  private final ConfigMapper mapper = new ConfigMapper();

  /**
   * @param models the registry that the definition's model is taken from
   */
  public DefinitionReader(Models models) {
    this.models = models;
  }

  /**
   * Reads a definition, builds the functional model of it again and compares every layer, so that
   * nothing of the Keras model is passed over.
   *
   * @param where names the source; messages begin with it
   * @throws InvalidInputException of one line if a layer's class is not known, if a layer is of
   *     another type than float32, or if the model is none of ours; it names the layer
   */
  public ModelDefinition<?> read(FunctionalModel model, String where) {
    requireKnown(model, where);
    DefinitionWiring wiring = new DefinitionWiring(model, where);
    DefinitionForm form =
        DefinitionForm.ALL.stream()
            .filter(candidate -> candidate.matches(wiring))
            .findFirst()
            .orElseThrow(
                () ->
                    new InvalidInputException(
                        where
                            + ": no layer identifies the model; expected one of "
                            + String.join(
                                ", ",
                                DefinitionForm.ALL.stream().map(DefinitionForm::model).toList())));
    DefinitionColumns columns = new DefinitionColumns(wiring);
    ObjectNode params = mapper.newObject();
    try {
      form.read(wiring, columns, params);
      ModelDefinition<?> definition =
          models.define(
              models.get(form.model()), params, columns.build(), where + ": model_params");
      FunctionalModel ours = FunctionalModel.of(definition, model.generation());
      new DefinitionCheck(model, ours, where).requireAlike();
      return definition;
    } catch (InvalidInputException e) {
      throw e.in(where);
    }
  }

  private static void requireKnown(FunctionalModel model, String where) {
    ImmutableSet<String> known = FunctionalClasses.known();
    for (FunctionalLayer layer : model.layers()) {
      if (!known.contains(layer.className())) {
        String shown = FunctionalFields.shown(layer.className());
        throw new InvalidInputException(
            where
                + ": layer '"
                + FunctionalFields.shown(layer.name())
                + "': class '"
                + shown
                + "' is unknown"
                + SpellingHint.hint(shown, known));
      }
      String dtype = DefinitionConfig.dtype(layer.config().path("dtype"));
      boolean input = layer.is(FunctionalLayer.INPUT);
      if (!input && !dtype.equals("float32")) {
        throw new InvalidInputException(
            where
                + ": "
                + layer.shown()
                + ": its dtype is "
                + FunctionalFields.shown(dtype)
                + ", only float32 can be read");
      }
    }
  }
}
