package io.scenerank.layer.recommenders;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.LayerConfig;
import java.util.List;

/** Layers of Keras that a layer of this package is made of. */
final class InnerLayers {
  private InnerLayers() {}

  /**
   * A layer of the outer one's types, which is trained if that one is.
   *
   * @param outer config of the layer that it belongs to
   * @param given its arguments
   */
  static Layer of(LayerConfig outer, String kerasClass, String name, ObjectNode given) {
    ObjectNode json = outer.json();
    for (String key : List.of("trainable", "dtype")) {
      JsonNode value = json.path(key);
      if (!value.isMissingNode()) {
        given.set(key, value);
      }
    }
    return outer.inner(kerasClass, name, given);
  }
}
