package io.scenerank.data.prepare;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableMap;
import io.scenerank.config.InvalidInputException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A side table whose columns join the raw rows; a row without a partner misses them.
 *
 * @param file a CSV or Parquet file, a folder or a glob, relative to the description's folder
 * @param on the raw rows' column → the side table's, which identifies its rows
 * @param prefix put before the names of the side table's columns
 * @param csv how the side table is written if it is CSV: the keys {@code delimiter}, {@code
 *     header}, {@code names}, {@code quote} and {@code escape}
 */
record JoinDescription(
    @JsonProperty("file") String file,
    @JsonProperty("on") ImmutableMap<String, String> on,
    @JsonProperty("prefix") String prefix,
    @JsonIgnore CsvDescription csv)
    implements CsvKeys {

  /**
   * @throws InvalidInputException naming the key that is missing
   */
  public JoinDescription {
    if (file == null || file.isEmpty()) {
      throw new InvalidInputException("joins: file is missing");
    }
    if (on.isEmpty()) {
      throw new InvalidInputException(
          "joins: on of '" + file + "' is missing, expected a column or column: column");
    }
  }

  @JsonCreator
  static JoinDescription fromJson(
      @JsonProperty("file") String file,
      @JsonProperty("on") @Nullable JsonNode on,
      @JsonProperty("prefix") @Nullable String prefix,
      @JsonProperty("delimiter") String delimiter,
      @JsonProperty("header") Boolean header,
      @JsonProperty("names") List<String> names,
      @JsonProperty("quote") String quote,
      @JsonProperty("escape") String escape) {
    ImmutableMap.Builder<String, String> keys = ImmutableMap.builder();
    if (on != null && on.isTextual()) {
      keys.put(on.textValue(), on.textValue());
    } else if (on != null && on.isObject()) {
      for (Map.Entry<String, JsonNode> key : on.properties()) {
        keys.put(key.getKey(), key.getValue().asText());
      }
    }
    return new JoinDescription(
        file,
        keys.buildOrThrow(),
        prefix == null ? "" : prefix,
        CsvDescription.of(delimiter, header, names, quote, escape));
  }
}
