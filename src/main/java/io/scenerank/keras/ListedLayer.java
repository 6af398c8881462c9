package io.scenerank.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import io.scenerank.config.InvalidInputException;

/**
 * A layer as the JSON of a Keras model lists it. Nothing else of the JSON is needed to tell the
 * order of the layers, so models are read here whose classes are not known.
 *
 * @param path the layer's path: its name, where two underscores of Keras 3 mean a slash
 * @param className name of its class
 * @param ofReference whether the class is the reference's own, as its module tells
 */
record ListedLayer(String path, String className, boolean ofReference) {
  private static final String REFERENCE = "scenerank_keras";

  /**
   * The layers of a model, in the order of {@code model.layers}.
   *
   * @param json what {@code model.to_json()} gives, or {@code config.json} of a {@code .keras}
   * @param where names the JSON in messages
   * @throws InvalidInputException if it is not a functional model
   */
  static ImmutableList<ListedLayer> of(JsonNode json, String where) {
    JsonNode entries = json.path("config").path("layers");
    if (!entries.isArray() || entries.isEmpty()) {
      throw new InvalidInputException(
          where
              + ": not a functional model of Keras (config.layers is missing), expected the text of"
              + " model.to_json()");
    }
    int generation = FunctionalParser.generation(json, entries);
    ImmutableList.Builder<ListedLayer> layers = ImmutableList.builder();
    for (JsonNode entry : entries) {
      FunctionalFields fields = new FunctionalFields(entry, where + ": config.layers");
      String name = fields.has("name") ? fields.text("name") : fields.object("config").text("name");
      String className = fields.text("class_name").replaceFirst("^.*>", "");
      boolean ofReference = fields.get("module").asText().startsWith(REFERENCE);
      layers.add(new ListedLayer(FunctionalLayer.path(name, generation), className, ofReference));
    }
    return layers.build();
  }
}
