package io.scenerank.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.Streams;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import io.scenerank.serve.Features;
import io.scenerank.serve.Ranker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Vocabularies in the tables of a SavedModel of Keras 2, written by make_keras2_lookups.py. */
class SavedLookupsTest {
  private static final Path FOLDER =
      Path.of("src/test/resources/keras/graphs/forms/keras2_lookups");

  @TempDir private Path temp;

  @Test
  void adaptedTermsThoseOfAFileAndThoseOfAnInnerModelGiveTheScoresOfKeras() {
    JsonNode rows = new ConfigMapper().readTree(FOLDER.resolve("rows.json"));
    Features features =
        Features.builder()
            .strings(
                "genre",
                Streams.stream(rows.path("genre")).map(JsonNode::asText).toArray(String[]::new))
            .ids("code", Streams.stream(rows.path("code")).mapToInt(JsonNode::asInt).toArray())
            .floats("price", floats(rows.path("price")))
            .build();
    try (Ranker ranker = KerasModels.read(FOLDER.resolve("saved")).ranker()) {
      assertThat(ranker.predict(features).get("is_click"))
          .containsExactly(floats(rows.path("scores")), within(1e-6f));
    }
  }

  private static float[] floats(JsonNode numbers) {
    float[] floats = new float[numbers.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) numbers.path(i).asDouble();
    }
    return floats;
  }

  @Test
  void aVocabularyFileThatIsMissingIsNamed() throws IOException {
    Path saved = temp.resolve("saved");
    Files.createDirectory(saved);
    for (String name : new String[] {"saved_model.pb", "keras_metadata.pb"}) {
      Files.copy(FOLDER.resolve("saved").resolve(name), saved.resolve(name));
    }
    assertThatThrownBy(() -> KerasModels.read(saved))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(saved.resolve("assets/genres.txt") + ": cannot be read");
  }
}
