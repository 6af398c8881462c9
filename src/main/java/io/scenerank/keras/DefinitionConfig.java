package io.scenerank.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Sets;
import io.scenerank.config.SpellingHint;
import java.util.Map;
import java.util.Optional;

/** Compares a layer's config with the one that the reference would have written. */
final class DefinitionConfig {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  /** What every layer may have and no result depends on, or what is compared elsewhere. */
  private static final ImmutableSet<String> COMMON =
      ImmutableSet.of(
          "name", "dtype", "trainable", "activity_regularizer", "autocast", "batch_input_shape");

  private DefinitionConfig() {}

  /** Name of a layer's type: Keras 3 has a policy where Keras 2 has a text. */
  static String dtype(JsonNode given) {
    JsonNode policy = given.isObject() ? given.path("config").path("name") : given;
    return policy.asText("float32");
  }

  /**
   * What differs, in words; empty where nothing does. Keys that another version of Keras does not
   * have are assumed to be as in the present one; a layer of the reference has no others.
   */
  static Optional<String> difference(FunctionalLayer theirs, FunctionalLayer ours) {
    ObjectNode found = theirs.config();
    ObjectNode expected = ours.config();
    if (found.has("batch_input_shape") && theirs.is(FunctionalLayer.INPUT)) {
      found.set("batch_shape", found.get("batch_input_shape"));
    }
    for (Map.Entry<String, JsonNode> entry : expected.properties()) {
      String key = entry.getKey();
      boolean compared = found.has(key) && !key.equals("name");
      if (compared && !canonical(key, found.get(key)).equals(canonical(key, entry.getValue()))) {
        return Optional.of(
            key
                + " is "
                + FunctionalFields.shown(found.get(key))
                + ", expected "
                + FunctionalFields.shown(entry.getValue()));
      }
    }
    if (FunctionalClasses.isOfReference(ours.className())) {
      return unknown(found, expected);
    }
    return Optional.empty();
  }

  private static Optional<String> unknown(ObjectNode found, ObjectNode expected) {
    ImmutableSet<String> known =
        Sets.union(ImmutableSet.copyOf(expected.fieldNames()), COMMON).immutableCopy();
    return found.properties().stream()
        .filter(entry -> !known.contains(entry.getKey()) && !entry.getValue().isNull())
        .map(entry -> FunctionalFields.shown(entry.getKey()))
        .findFirst()
        .map(key -> "key '" + key + "' is unknown" + SpellingHint.hint(key, known));
  }

  /** A value in one form, from any version of Keras. */
  private static JsonNode canonical(String key, JsonNode given) {
    JsonNode value = FunctionalFields.unwrapped(given);
    if (key.equals("dtype")) {
      return JSON.textNode(dtype(value));
    }
    if (value.isNull()) {
      // Python's None is not an activation.
      return key.endsWith("activation") ? JSON.textNode("linear") : value;
    }
    if (value.isNumber()) {
      return JSON.numberNode((double) value.floatValue());
    }
    if (value.isArray()) {
      ArrayNode list = JSON.arrayNode();
      value.forEach(item -> list.add(canonical("", item)));
      if (key.equals("batch_shape") && !list.isEmpty()) {
        list.set(0, JSON.nullNode());
      }
      return list;
    }
    return value.isObject() ? canonicalObject(key, (ObjectNode) value) : value;
  }

  /** An initializer or regularizer by class and arguments; another object key by key. */
  private static JsonNode canonicalObject(String key, ObjectNode value) {
    boolean made = value.has("class_name") && value.path("config").isObject();
    ObjectNode object = JSON.objectNode();
    // The reference once wrote a unit's arguments alone.
    if (made && !key.equals("meta_unit")) {
      object.put("class_name", value.get("class_name").asText());
    }
    for (Map.Entry<String, JsonNode> entry : (made ? value.get("config") : value).properties()) {
      boolean silent = entry.getValue().isNull() || entry.getKey().equals("seed");
      if (!silent) {
        object.set(entry.getKey(), canonical(entry.getKey(), entry.getValue()));
      }
    }
    return object;
  }
}
