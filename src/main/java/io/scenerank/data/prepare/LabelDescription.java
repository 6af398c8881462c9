package io.scenerank.data.prepare;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableSet;
import io.scenerank.config.InvalidInputException;
import io.scenerank.config.SpellingHint;
import io.scenerank.feature.Targets.TaskType;
import io.scenerank.feature.Targets.Transform;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How a label comes from a raw row. In YAML an expression alone, {@code click: is_click = 1}, or
 * keys.
 *
 * @param expression SQL over one row's columns
 * @param where SQL, the rows in which there is such a label at all: its task space
 * @param type what the task predicts
 * @param transform of a regression, the scale on which it is learned; or null
 * @param skipsMissing whether a row of the task space without the label is left out of the task;
 *     otherwise it is refused
 * @param sampleWeight SQL, how much a row counts for the task; empty for what the description says
 */
record LabelDescription(
    @JsonProperty("expression") String expression,
    @JsonProperty("where") String where,
    @JsonProperty("type") TaskType type,
    @JsonProperty("transform") @Nullable Transform transform,
    @JsonProperty("missing") boolean skipsMissing,
    @JsonProperty("sample_weight") String sampleWeight) {
  private static final String EXPRESSION = "expression";
  private static final String WHERE = "where";
  private static final String TYPE = "type";
  private static final String TRANSFORM = "transform";
  private static final String MISSING = "missing";
  private static final String SKIP = "skip";
  static final String SAMPLE_WEIGHT = "sample_weight";

  /**
   * @throws InvalidInputException if there is no expression, or a transform is for another type
   */
  public LabelDescription {
    if (expression.isBlank()) {
      throw new InvalidInputException("labels: expression is missing");
    }
    if (transform != null && type != TaskType.REGRESSION) {
      throw new InvalidInputException(
          "labels: transform is for a label of type regression, found " + type.key());
    }
  }

  /** A label that is 0 or 1 in every row. */
  static LabelDescription of(String expression) {
    return new LabelDescription(expression, Description.ALL_ROWS, TaskType.BINARY, null, false, "");
  }

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static LabelDescription fromJson(JsonNode tree) {
    if (!tree.isObject()) {
      return of(text(tree, EXPRESSION));
    }
    Optional<String> missing = optional(tree, MISSING);
    if (missing.isPresent() && !missing.get().equals(SKIP)) {
      throw new InvalidInputException(
          "labels: missing is '" + missing.get() + "', expected " + SKIP);
    }
    return new LabelDescription(
        optional(tree, EXPRESSION).orElse(""),
        optional(tree, WHERE).orElse(Description.ALL_ROWS),
        optional(tree, TYPE)
            .map(key -> choice(TYPE, key, TaskType.values()))
            .orElse(TaskType.BINARY),
        optional(tree, TRANSFORM)
            .map(key -> choice(TRANSFORM, key, Transform.values()))
            .orElse(null),
        missing.isPresent(),
        optional(tree, SAMPLE_WEIGHT).orElse(""));
  }

  private static Optional<String> optional(JsonNode tree, String key) {
    return tree.hasNonNull(key) ? Optional.of(text(tree.get(key), key)) : Optional.empty();
  }

  /** A number and a truth value are expressions too. */
  private static String text(JsonNode value, String key) {
    if (!value.isValueNode() || value.isNull()) {
      throw new InvalidInputException("labels: " + key + " is " + value + ", expected a text");
    }
    return value.asText();
  }

  private static <E extends Enum<E>> E choice(String key, String given, E[] choices) {
    ImmutableSet<String> names =
        Stream.of(choices).map(LabelDescription::nameOf).collect(ImmutableSet.toImmutableSet());
    return Stream.of(choices)
        .filter(choice -> nameOf(choice).equals(given))
        .findFirst()
        .orElseThrow(
            () ->
                new InvalidInputException(
                    String.format(
                        "labels: %s is '%s', expected one of %s%s",
                        key, given, String.join(", ", names), SpellingHint.hint(given, names))));
  }

  private static String nameOf(Enum<?> choice) {
    return choice.name().toLowerCase(Locale.ROOT);
  }

  /** What YAML and JSON have. */
  @JsonValue
  Object toJson() {
    if (equals(of(expression))) {
      return expression;
    }
    Map<String, String> json = new LinkedHashMap<>();
    json.put(EXPRESSION, expression);
    if (hasSpace()) {
      json.put(WHERE, where);
    }
    if (type != TaskType.BINARY) {
      json.put(TYPE, type.key());
    }
    if (transform != null) {
      json.put(TRANSFORM, nameOf(transform));
    }
    if (skipsMissing) {
      json.put(MISSING, SKIP);
    }
    if (!sampleWeight.isEmpty()) {
      json.put(SAMPLE_WEIGHT, sampleWeight);
    }
    return json;
  }

  /** Whether only some rows have such a label. */
  boolean hasSpace() {
    return !where.equals(Description.ALL_ROWS);
  }

  /** Whether a row may lack the label. */
  boolean mayMiss() {
    return hasSpace() || skipsMissing;
  }
}
