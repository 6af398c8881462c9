package io.scenerank.parity;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Iterables;
import com.google.common.collect.Sets;
import io.scenerank.feature.ConfigMapper;
import io.scenerank.feature.InvalidInputException;
import io.scenerank.feature.Nearest;
import io.scenerank.layer.Activation;
import java.util.Optional;

/** The Python constructor's arguments of a layer in a case file. */
final class LayerConfig {
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
    for (String key : Sets.difference(ImmutableSet.copyOf(config.fieldNames()), known)) {
      throw new InvalidInputException(
          where + ": unknown argument '" + key + "'" + Nearest.hint(key, known));
    }
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
    if (config.has(key) && config.get(key).isNull()) {
      return Activation.LINEAR;
    }
    return valueOr(key, Activation.class, other);
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

  /** The arguments of a layer inside this one, absent for Python's None. */
  Optional<LayerConfig> nested(String key, ImmutableSet<String> known) {
    return config.hasNonNull(key)
        ? Optional.of(new LayerConfig(config.get(key), where + ": " + key, known))
        : Optional.empty();
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
