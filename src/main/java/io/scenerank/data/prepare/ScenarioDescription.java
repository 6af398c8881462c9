package io.scenerank.data.prepare;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableMap;
import io.scenerank.config.InvalidInputException;

/**
 * What distinguishes the scenarios.
 *
 * @param column a sparse column of the description, or else a raw column
 * @param names names for people, by value; a value without one is its own name
 */
record ScenarioDescription(
    @JsonProperty("column") String column,
    @JsonProperty("names") ImmutableMap<String, String> names) {

  /**
   * @throws InvalidInputException if there is no column
   */
  public ScenarioDescription {
    if (column == null || column.isEmpty()) {
      throw new InvalidInputException("scenario: column is missing");
    }
  }

  /** Also takes the column alone: {@code scenario: tab}. */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static ScenarioDescription fromJson(JsonNode tree) {
    if (tree.isTextual()) {
      return new ScenarioDescription(tree.textValue(), ImmutableMap.of());
    }
    ImmutableMap.Builder<String, String> names = ImmutableMap.builder();
    tree.path("names")
        .properties()
        .forEach(name -> names.put(name.getKey(), name.getValue().asText()));
    return new ScenarioDescription(tree.path("column").asText(), names.buildOrThrow());
  }
}
