package io.scenerank.parity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Iterables;
import com.google.common.collect.Sets;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import io.scenerank.config.SpellingHint;
import io.scenerank.layer.Activation;
import java.util.Locale;
import java.util.Optional;

/**
 * The Python constructor's arguments of a layer in a case file. Those of Keras' own {@code Layer},
 * which every {@code get_config()} has, say nothing of what is computed but {@code dtype}.
 */
final class LayerConfig {
  private static final ImmutableSet<String> KERAS =
      ImmutableSet.of("name", "trainable", "dtype", "dynamic");

  private final ConfigMapper mapper = new ConfigMapper();
  private final JsonNode config;
  private final String where;

  /**
   * @param known the arguments that this layer has
   * @throws InvalidInputException naming an argument that is none of them
   */
  LayerConfig(JsonNode config, String where, ImmutableSet<String> known) {
    this.config = config;
    this.where = where;
    Sets.SetView<String> all = Sets.union(known, KERAS);
    for (String key : Sets.difference(ImmutableSet.copyOf(config.fieldNames()), all)) {
      throw new InvalidInputException(
          where + ": unknown argument '" + key + "'" + SpellingHint.hint(key, known));
    }
    requireFloat32(config.path("dtype"));
  }

  /** Keras 3 writes a policy where Keras 2 writes a type. */
  private void requireFloat32(JsonNode dtype) {
    JsonNode name = dtype.isObject() ? dtype.path("config").path("name") : dtype;
    if (!name.isMissingNode() && !name.isNull() && !name.asText().equals("float32")) {
      throw new InvalidInputException(
          where + ": argument 'dtype' is " + name + ", expected float32");
    }
  }

  /**
   * Checks arguments that change what is computed, and of which one value alone is known.
   *
   * @param only the values that are known
   * @throws InvalidInputException naming the argument that has another
   */
  LayerConfig require(ImmutableMap<String, ImmutableSet<String>> only) {
    only.forEach(
        (key, values) -> {
          JsonNode found = config.path(key);
          String text = found.isValueNode() ? found.asText() : found.toString();
          if (config.hasNonNull(key) && !values.contains(text)) {
            throw new InvalidInputException(
                String.format(
                    "%s: argument '%s' is %s, expected %s",
                    where, key, found, values.isEmpty() ? "null" : String.join(" or ", values)));
          }
        });
    return this;
  }

  float floatOr(String key, float other) {
    return config.hasNonNull(key) ? value(key, Float.class) : other;
  }

  boolean booleanOr(String key, boolean other) {
    return config.hasNonNull(key) ? value(key, Boolean.class) : other;
  }

  int integer(String key) {
    return value(key, Integer.class);
  }

  ImmutableList<Integer> integers(String key) {
    return ImmutableList.copyOf(value(key, Integer[].class));
  }

  /** An activation, where Python's None is none at all. */
  Activation activationOr(String key, Activation other) {
    JsonNode found = config.path(key);
    if (found.isNull()) {
      return Activation.LINEAR;
    }
    return found.isTextual()
        ? mapper.convert(
            TextNode.valueOf(found.asText().toLowerCase(Locale.ROOT)),
            Activation.class,
            where + ": argument '" + key + "'")
        : valueOr(key, Activation.class, other);
  }

  <T> T valueOr(String key, Class<T> type, T other) {
    return config.hasNonNull(key) ? value(key, type) : other;
  }

  int positive(String key) {
    return positive(key, value(key, Integer.class));
  }

  int positiveOr(String key, int other) {
    return positive(key, valueOr(key, Integer.class, other));
  }

  private int positive(String key, int found) {
    if (found < 1) {
      throw new InvalidInputException(
          where + ": argument '" + key + "' is " + found + ", expected at least 1");
    }
    return found;
  }

  /**
   * The arguments of a layer inside this one, absent for Python's None: as an object of its own, or
   * as Keras writes a layer, with a {@code class_name} and a {@code config}.
   */
  Optional<LayerConfig> nested(String key, ImmutableSet<String> known) {
    if (!config.hasNonNull(key)) {
      return Optional.empty();
    }
    JsonNode given = config.get(key);
    JsonNode arguments = given.has("class_name") ? given.path("config") : given;
    return Optional.of(new LayerConfig(arguments, where + ": " + key, known));
  }

  private <T> T value(String key, Class<T> type) {
    JsonNode node = config.get(key);
    if (node == null) {
      throw new InvalidInputException(
          where
              + ": the argument '"
              + key
              + "' is missing; found "
              + Iterables.toString(ImmutableList.copyOf(config.fieldNames())));
    }
    return mapper.convert(node, type, where + ": argument '" + key + "'");
  }
}
