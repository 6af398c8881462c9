package io.scenerank.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.model.ModelParams.Activation;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Parameters in the original implementation's forms, as this library has them. */
final class OriginalParams {
  private OriginalParams() {}

  /** Activations are named in letters of any case, and None is none. */
  static JsonNode activations(JsonNode given) {
    if (!(given instanceof ObjectNode params)) {
      return given;
    }
    ObjectNode translated = params.deepCopy();
    for (Map.Entry<String, JsonNode> entry : params.properties()) {
      boolean activation = entry.getKey().endsWith("activation");
      if (activation && entry.getValue().isNull()) {
        translated.put(entry.getKey(), Activation.LINEAR.kerasName());
      } else if (activation && entry.getValue().isTextual()) {
        translated.put(entry.getKey(), entry.getValue().textValue().toLowerCase(Locale.ROOT));
      }
    }
    return translated;
  }

  /** APG's width of the scene's embedding, which follows from the scene's column. */
  static JsonNode withoutSceneWidth(JsonNode given, List<FeatureColumn> columns) {
    if (!given.has("scene_emb_dim")) {
      return given;
    }
    ObjectNode translated = given.deepCopy();
    translated.remove("scene_emb_dim");
    return translated;
  }
}
