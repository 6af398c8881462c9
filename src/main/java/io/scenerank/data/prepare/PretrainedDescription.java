package io.scenerank.data.prepare;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.scenerank.config.InvalidInputException;
import org.jspecify.annotations.Nullable;

/**
 * The file with the embeddings that the table of a column begins with.
 *
 * @param file a Parquet file, relative to the description's folder
 * @param key its column of raw values, each once
 * @param value its column of vectors: a list of {@code emb_dim} numbers for each value
 * @param trainable whether training changes the table
 */
record PretrainedDescription(
    @JsonProperty("file") String file,
    @JsonProperty("key") String key,
    @JsonProperty("value") String value,
    @JsonProperty("trainable") boolean trainable) {

  /**
   * @throws InvalidInputException naming the key that is missing
   */
  public PretrainedDescription {
    require(file, "file is missing, expected a Parquet file");
    require(key, "key is missing, expected the column of the values");
    require(value, "value is missing, expected the column of the vectors");
  }

  @JsonCreator
  static PretrainedDescription fromJson(
      @JsonProperty("file") String file,
      @JsonProperty("key") String key,
      @JsonProperty("value") String value,
      @JsonProperty("trainable") @Nullable Boolean trainable) {
    return new PretrainedDescription(file, key, value, trainable != null && trainable);
  }

  private static void require(@Nullable String text, String otherwise) {
    if (text == null || text.isEmpty()) {
      throw new InvalidInputException("pretrained: " + otherwise);
    }
  }
}
