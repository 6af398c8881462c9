package io.scenerank.train.optimizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableMap;
import io.scenerank.config.InvalidInputException;
import java.util.Locale;
import java.util.Optional;

/**
 * The options of a Keras optimizer; those that its JSON leaves out have Keras' defaults.
 *
 * @param json the config
 * @param defaults of the optimizer's class
 * @param where how messages call the place
 */
record KerasOptions(JsonNode json, ImmutableMap<String, Double> defaults, String where) {
  /** A number; 0 where there is none. */
  double number(String name) {
    JsonNode value = json.path(name);
    double standard = defaults.getOrDefault(name, name.equals("ema_momentum") ? 0.99 : 0.0);
    if (value.isMissingNode() || value.isNull()) {
      return standard;
    }
    if (!value.isNumber()) {
      throw new InvalidInputException(
          String.format(Locale.ROOT, "%s: %s is %s, expected a number", where, name, value));
    }
    return value.doubleValue();
  }

  /** A number; absent where it is None. */
  Optional<Double> optional(String name) {
    return json.path(name).isNull() ? Optional.empty() : Optional.of(number(name));
  }

  /** A flag. */
  boolean flag(String name) {
    return flag(name, false);
  }

  /** A flag that has a default. */
  boolean flag(String name, boolean standard) {
    return json.path(name).asBoolean(standard);
  }

  /** Whether an option is given and not None. */
  boolean has(String name) {
    return !json.path(name).isMissingNode() && !json.path(name).isNull();
  }
}
