package io.scenerank.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import io.scenerank.config.InvalidInputException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The keys of a JSON object that somebody else wrote, each checked when it is read. */
final class FunctionalFields {
  /** More than any layer has; what is wider would not fit into memory anyway. */
  private static final int WIDEST = 1 << 24;

  /** More than a network has layers. */
  private static final int DEEPEST = 1000;

  private static final int SHOWN = 80;

  private final JsonNode object;
  private final String where;

  /**
   * @param where names the object in messages
   * @throws InvalidInputException if it is not an object
   */
  FunctionalFields(JsonNode object, String where) {
    this.object = object;
    this.where = where;
    if (object == null || !object.isObject()) {
      throw new InvalidInputException(
          where + ": found " + shown(object) + ", expected keys and values");
    }
  }

  static FunctionalFields of(FunctionalLayer layer, String where) {
    return new FunctionalFields(layer.config(), where + ": " + layer.shown());
  }

  /** One line of at most 80 characters. */
  static String shown(JsonNode value) {
    // A broken file may hold megabytes here; only small values are written out.
    if (value == null || value.isMissingNode()) {
      return "nothing";
    }
    return value.isContainerNode() && value.size() > SHOWN
        ? (value.isArray() ? "a list" : "an object") + " of " + value.size() + " entries"
        : shown(value.toString());
  }

  /** One line of at most 80 characters. */
  static String shown(String text) {
    String start = text.length() > SHOWN ? text.substring(0, SHOWN) + "…" : text;
    return start.replaceAll("[\\p{Cntrl}\\u2028\\u2029\\u0085]", "?");
  }

  boolean has(String key) {
    return object.hasNonNull(key);
  }

  JsonNode get(String key) {
    return object.path(key);
  }

  Set<Map.Entry<String, JsonNode>> entries() {
    return object.properties();
  }

  String text(String key) {
    JsonNode value = object.path(key);
    if (!value.isTextual() || value.textValue().isEmpty()) {
      throw wrong(key, "a text");
    }
    return value.textValue();
  }

  Optional<String> optionalText(String key) {
    return has(key) ? Optional.of(text(key)) : Optional.empty();
  }

  /** A number of values, at least 1. */
  int width(String key) {
    return within(object.path(key), key, WIDEST);
  }

  /** A number of rows, at least 1. */
  int rows(String key) {
    return within(object.path(key), key, Integer.MAX_VALUE);
  }

  /** A number of layers, at least 1. */
  int depth(String key) {
    return within(object.path(key), key, DEEPEST);
  }

  ImmutableList<Integer> widths(String key) {
    JsonNode values = array(key);
    if (values.isEmpty() || values.size() > DEEPEST) {
      throw wrong(key, "1 to " + DEEPEST + " widths");
    }
    ImmutableList.Builder<Integer> widths = ImmutableList.builder();
    values.forEach(value -> widths.add(within(value, key, WIDEST)));
    return widths.build();
  }

  /** The number as the JSON has it; {@code fallback} where it is missing or null. */
  double number(String key, double fallback) {
    if (!has(key)) {
      return fallback;
    }
    JsonNode value = object.get(key);
    if (!value.isNumber() || !Float.isFinite(value.floatValue())) {
      throw wrong(key, "a number");
    }
    return value.doubleValue();
  }

  boolean flag(String key, boolean fallback) {
    if (has(key) && !object.get(key).isBoolean()) {
      throw wrong(key, "true or false");
    }
    return has(key) ? object.get(key).booleanValue() : fallback;
  }

  /** A list; Keras 2 wraps some of them into an object with {@code items}. */
  JsonNode array(String key) {
    JsonNode value = unwrapped(object.path(key));
    if (!value.isArray()) {
      throw wrong(key, "a list");
    }
    return value;
  }

  FunctionalFields object(String key) {
    return new FunctionalFields(object.path(key), where + ": key '" + key + "'");
  }

  /** A list that Keras 2 marked as a tuple or a shape, without the mark. */
  static JsonNode unwrapped(JsonNode value) {
    return value.isObject() && value.path("items").isArray() ? value.path("items") : value;
  }

  InvalidInputException wrong(String key, String expected) {
    return new InvalidInputException(
        where + ": key '" + key + "': found " + shown(object.path(key)) + ", expected " + expected);
  }

  private int within(JsonNode value, String key, int limit) {
    boolean whole = value.isIntegralNumber() && value.canConvertToInt();
    if (!whole || value.intValue() < 1 || value.intValue() > limit) {
      throw wrong(key, limit == Integer.MAX_VALUE ? "at least 1" : "1 to " + limit);
    }
    return value.intValue();
  }
}
