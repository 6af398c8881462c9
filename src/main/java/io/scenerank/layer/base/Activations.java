package io.scenerank.layer.base;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableMap;

/** Reads activations: Keras' functions by their names, or layers in their place. */
public final class Activations {
  private Activations() {}

  /** What follows a layer's sum. */
  @FunctionalInterface
  public interface Activation {
    /**
     * Creates the activation's variables, if it has any.
     *
     * @param scope of the layer that has the activation
     */
    Layer.UnaryCall bind(BuildScope scope);
  }

  /** An activation without variables. */
  static Activation of(ActivationFunctions.Function function) {
    return scope -> (context, x) -> function.call(context.tf(), x);
  }

  /**
   * The activation of an argument.
   *
   * @throws io.scenerank.config.InvalidInputException if it is not one of Keras'
   */
  static Activation read(LayerConfig config, String key) {
    JsonNode json = config.get(key);
    if (json.isNull()) {
      return of((tf, x) -> x);
    }
    boolean object = json.isObject() && !json.path("class_name").asText().equals("function");
    if (object && json.path("config").isObject()) {
      Layer layer = config.layer(key);
      return scope -> {
        BoundLayer bound = scope.child(key, layer);
        return (context, x) -> bound.call(context.tf(), x);
      };
    }
    String name = json.isTextual() ? json.textValue() : json.path("config").asText();
    String bare = name.substring(Math.max(name.lastIndexOf('.'), name.lastIndexOf('>')) + 1);
    ImmutableMap<String, ActivationFunctions.Function> known =
        ActivationFunctions.ofGeneration(config.generation());
    ActivationFunctions.Function function = known.get(bare);
    if (function == null) {
      throw config.wrong(key, "one of " + String.join(", ", known.keySet()));
    }
    return of(function);
  }
}
