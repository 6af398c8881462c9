package io.scenerank.keras;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import io.scenerank.config.InvalidInputException;
import io.scenerank.model.ModelDefinition;
import java.util.Optional;

/**
 * A functional model of Keras: layers and the calls between them.
 *
 * @param generation 2 or 3
 * @param name name of the model
 * @param layers in the order of {@code model.layers}
 * @param inputs the inputs by feature, in the order of the model's dict
 * @param outputs the outputs by task, in the order of the model's dict
 */
record FunctionalModel(
    int generation,
    String name,
    ImmutableList<FunctionalLayer> layers,
    ImmutableMap<String, FunctionalTensor> inputs,
    ImmutableMap<String, FunctionalTensor> outputs) {

  /**
   * Reads what {@code get_config} of a functional model gave, with the class around it: {@code
   * config.json} of a {@code .keras} file, or a root node's metadata in {@code keras_metadata.pb}.
   * Its inputs and outputs may be a dict or a list; in a list they are called after their layers.
   *
   * @param modelConfig {@code {"class_name": "Functional", "config": …}} of either generation
   * @param where names the source; messages begin with it
   * @throws InvalidInputException of one line if it is no such config, or a damaged one
   */
  public static FunctionalModel parse(JsonNode modelConfig, String where) {
    return new FunctionalParser(where).parse(modelConfig);
  }

  /**
   * The functional model that the Keras reference builds of a definition, with the names that a
   * fresh session of Keras gives.
   *
   * @param generation 2 or 3
   * @throws InvalidInputException if the model has no form in Keras, or not in this generation
   */
  public static FunctionalModel of(ModelDefinition<?> definition, int generation) {
    return new FunctionalForm(definition, generation).model();
  }

  /**
   * The {@code config.json} of a {@code .keras} file.
   *
   * @param compileConfig what the file says of loss and optimizer; absent for a model that is not
   *     compiled
   * @throws IllegalStateException if this is a model of Keras 2
   */
  public ObjectNode toConfigJson(Optional<ObjectNode> compileConfig) {
    return new FunctionalWriter(this).write(compileConfig);
  }

  /** The layer of a name. */
  FunctionalLayer layer(String layerName) {
    return requireNonNull(byName().get(layerName), layerName);
  }

  ImmutableMap<String, FunctionalLayer> byName() {
    return Maps.uniqueIndex(layers, FunctionalLayer::name);
  }
}
