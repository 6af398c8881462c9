package io.scenerank.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.config.SpellingHint.UnknownName;
import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Says of a value of the wrong type what was found and what was expected. */
final class TypeMismatch {
  private static final ImmutableMap<Class<?>, String> EXPECTED =
      ImmutableMap.<Class<?>, String>builder()
          .put(int.class, "a whole number")
          .put(Integer.class, "a whole number")
          .put(long.class, "a whole number")
          .put(float.class, "a number")
          .put(Float.class, "a number")
          .put(double.class, "a number")
          .put(boolean.class, "true or false")
          .put(Boolean.class, "true or false")
          .put(String.class, "a text")
          .buildOrThrow();

  private TypeMismatch() {}

  /** For example {@code found "two", expected a whole number}. */
  static String describe(MismatchedInputException e, JsonNode root) {
    JsonNode found = root;
    for (JsonMappingException.Reference step : e.getPath()) {
      JsonNode next =
          step.getFieldName() == null ? found.get(step.getIndex()) : found.get(step.getFieldName());
      if (next == null) {
        break;
      }
      found = next;
    }
    return "found "
        + found
        + ", expected "
        + (e instanceof UnknownName unknown
            ? oneOf(unknown.known(), found)
            : expected(e.getTargetType(), found));
  }

  private static String expected(Class<?> type, JsonNode found) {
    if (type == null) {
      return "another type";
    }
    if (type.isEnum()) {
      return oneOf(Arrays.stream(type.getFields()).map(TypeMismatch::name).toList(), found);
    }
    if (type.isArray() || ImmutableList.class.isAssignableFrom(type) || type == List.class) {
      return "a list";
    }
    return EXPECTED.getOrDefault(
        type, Map.class.isAssignableFrom(type) || type.isRecord() ? "keys and values" : "a value");
  }

  private static String oneOf(Collection<String> names, JsonNode found) {
    return "one of "
        + String.join(", ", names)
        + SpellingHint.to(found.asText(), names)
            .map(near -> "; did you mean '" + near + "'?")
            .orElse("");
  }

  private static String name(Field constant) {
    JsonProperty property = constant.getAnnotation(JsonProperty.class);
    return property == null ? constant.getName() : property.value();
  }
}
