package io.scenerank.parity;

import com.fasterxml.jackson.databind.JsonNode;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import io.scenerank.model.M2mParams.AttentionMasking;
import java.util.Optional;

/** What a case's {@code source} says of the Keras that made it. */
final class CaseSource {
  private CaseSource() {}

  /**
   * Attention's masks in that generation: what a case means that does not name them. A source that
   * names no Keras is the original's, which is Keras 2.
   */
  static AttentionMasking masking(Optional<String> source) {
    JsonNode versions = parsed(source.orElse("{}"));
    boolean keras3 =
        versions.has("keras_generation")
            ? versions.get("keras_generation").asText().equals("3")
            : versions.path("keras").asText("").startsWith("3.");
    return keras3 ? AttentionMasking.KERAS3 : AttentionMasking.KERAS2;
  }

  /** The source is for people to read; the case can be run with any content of it. */
  private static JsonNode parsed(String source) {
    try {
      return new ConfigMapper().parse(source, "source");
    } catch (InvalidInputException e) {
      return new ConfigMapper().newObject();
    }
  }
}
