package io.scenerank.layer.base;

import com.fasterxml.jackson.databind.JsonNode;
import io.scenerank.config.InvalidInputException;
import java.util.Locale;
import java.util.Optional;

/** Reads Keras' regularizers by name or as objects. */
final class Regularizers {
  private static final double STANDARD = 0.01;

  private Regularizers() {}

  /**
   * A regularizer of an argument.
   *
   * @param shown the layer in messages
   * @throws InvalidInputException if it is not one of Keras'
   */
  static Optional<Regularizer> read(JsonNode json, String shown) {
    if (json.isNull() || json.isMissingNode()) {
      return Optional.empty();
    }
    String name = json.isObject() ? json.path("class_name").asText() : json.asText();
    JsonNode config = json.path("config");
    return switch (name.toLowerCase(Locale.ROOT).replace("_", "")) {
      case "l1" -> l1l2(config.path("l1").asDouble(STANDARD), 0);
      case "l2" -> l1l2(0, config.path("l2").asDouble(STANDARD));
      case "l1l2" ->
          json.isObject()
              ? l1l2(config.path("l1").asDouble(0), config.path("l2").asDouble(0))
              : l1l2(0, 0);
      case "orthogonalregularizer" ->
          Optional.of(
              new Regularizer.Orthogonal(
                  (float) config.path("factor").asDouble(STANDARD),
                  config.path("mode").asText("rows").equals("rows")));
      default ->
          throw new InvalidInputException(
              shown
                  + ": the regularizer "
                  + LayerConfig.shortened(json)
                  + " is unknown, expected L1, L2, L1L2 or OrthogonalRegularizer");
    };
  }

  private static Optional<Regularizer> l1l2(double l1, double l2) {
    return l1 == 0 && l2 == 0
        ? Optional.empty()
        : Optional.of(new Regularizer.L1L2((float) l1, (float) l2));
  }
}
