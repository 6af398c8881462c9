package io.scenerank.model;

import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import io.scenerank.layer.LayerTypes;
import io.scenerank.layer.ModelReader;
import io.scenerank.layer.base.Functional;

/**
 * A model of any layers, as Keras wrote it: its inputs are columns, its outputs tasks.
 *
 * <p>Source: Keras' functional and sequential models.
 */
public final class KerasGraph {
  /** The name in configurations. */
  public static final String NAME = "keras";

  private KerasGraph() {}

  /**
   * The registry's entry.
   *
   * @param types the layers that a model may have
   */
  public static ModelType<KerasGraphParams> type(LayerTypes types) {
    return ModelType.<KerasGraphParams>planned(
            NAME,
            KerasGraphParams.class,
            KerasGraphParams::defaults,
            (params, columns, layers) -> read(layers, params))
        .withLayers(types);
  }

  /** The entry of one model, which does not depend on the parameters. */
  public static ModelType<KerasGraphParams> typeOf(Functional model) {
    return ModelType.planned(
        NAME,
        KerasGraphParams.class,
        KerasGraphParams::defaults,
        (params, columns, layers) -> model);
  }

  /** The layers that a definition's model may have. */
  public static LayerTypes typesOf(ModelDefinition<?> definition) {
    return definition.type().layers();
  }

  /**
   * The model of some parameters.
   *
   * @throws InvalidInputException if it needs what is not computed here
   */
  public static Functional read(LayerTypes types, KerasGraphParams params) {
    String where = "model_params.keras_json";
    if (params.kerasJson().isEmpty()) {
      throw new InvalidInputException(where + " is missing, expected the JSON of a Keras model");
    }
    return ModelReader.read(
        types, new ConfigMapper().parsePython(params.kerasJson(), where), where);
  }
}
