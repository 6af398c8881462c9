package io.scenerank.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Configurations that a SavedModel of Keras 2 lacks: those of the original implementation's {@code
 * MetaAttention} and {@code MetaTower} that were given a unit, which Keras cannot write down. What
 * Keras knows of the objects inside them says the same. Keras lists an object once, so that a unit
 * is found at the first layer that holds it.
 */
final class UndescribedLayers {
  private static final String CLASS = "class_name";
  private static final String CONFIG = "config";
  private static final String NAME = "name";
  private static final String UNDESCRIBED = "layer was saved without config";

  /** Where each class holds the unit. */
  private static final ImmutableMap<String, String> UNITS =
      ImmutableMap.of("MetaAttention", ".meta_unit", "MetaTower", ".layers.0");

  /** Activations that are layers of their own class, by the class. */
  private static final ImmutableMap<String, String> ACTIVATIONS =
      ImmutableMap.of("ReLU", "relu", "PReLU", "prelu", "Dice", "dice");

  private final KerasMetadata metadata;
  private final ImmutableMap<String, String> paths;
  private final Map<String, Set<JsonNode>> units = new HashMap<>();

  private UndescribedLayers(KerasMetadata metadata) {
    this.metadata = metadata;
    this.paths = metadata.layers();
  }

  /** The model's description, completed where that is possible. */
  static JsonNode described(JsonNode model, KerasMetadata metadata) {
    if (!model.toString().contains(UNDESCRIBED)) {
      return model;
    }
    JsonNode completed = model.deepCopy();
    UndescribedLayers layers = new UndescribedLayers(metadata);
    for (JsonNode layer : completed.path(CONFIG).path("layers")) {
      if (layer.path(CONFIG).has(UNDESCRIBED) && layer instanceof ObjectNode entry) {
        layers.config(entry).ifPresent(config -> entry.set(CONFIG, config));
      }
    }
    return completed;
  }

  private Optional<ObjectNode> config(ObjectNode layer) {
    String kerasClass = layer.path(CLASS).asText();
    String path = paths.get(layer.path(NAME).asText());
    String unitAt = UNITS.get(kerasClass);
    if (path == null || unitAt == null) {
      return Optional.empty();
    }
    return unit(kerasClass, path + unitAt).map(unit -> config(layer, path, unit));
  }

  private ObjectNode config(ObjectNode layer, String path, JsonNode unit) {
    ObjectNode config = layer.objectNode();
    config.set(NAME, layer.path(NAME));
    config.set("trainable", metadata.at(path).path("trainable"));
    ObjectNode given = config.putObject("meta_unit");
    given.put(CLASS, "MetaUnit").set(CONFIG, unit);
    int steps = 0;
    while (!metadata.at(path + ".activation_list." + steps).isMissingNode()) {
      steps++;
    }
    if (steps > 0) {
      config.put("num_layer", steps);
      config.put("activation", activation(metadata.at(path + ".activation_list.0")));
      config.set("dropout", metadata.at(path + ".dropout_list.0").path(CONFIG).path("rate"));
    }
    return config;
  }

  private static String activation(JsonNode layer) {
    String own = layer.path(CLASS).asText();
    return ACTIVATIONS.getOrDefault(own, layer.path(CONFIG).path("activation").asText(own));
  }

  /** The unit at a place, or the only one that layers of the class before it hold. */
  private Optional<JsonNode> unit(String kerasClass, String path) {
    JsonNode here = metadata.at(path).path(CONFIG);
    Set<JsonNode> known = units.computeIfAbsent(kerasClass, key -> new HashSet<>());
    if (here.isObject()) {
      known.add(here);
      return Optional.of(here);
    }
    return known.size() == 1
        ? Optional.of(ImmutableSet.copyOf(known).asList().get(0))
        : Optional.empty();
  }
}
