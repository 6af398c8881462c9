package io.scenerank.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scenerank.config.InvalidInputException;
import io.scenerank.model.Models;
import io.scenerank.train.optimizer.AdamState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Models that a YAML describes ({@code --config}): what the source itself tells decides which layer
 * is which, and what it does not tell is never guessed.
 */
@Tag("slow")
class DescribedImportTest {
  private static final Path FILES = Path.of("src/test/resources/keras");
  private static final Path FORMS = FILES.resolve("forms");
  private static final double ROUNDING = 1e-6;

  @TempDir private Path temp;

  private static KerasModel read(Path source, KerasModels.Given given) {
    return new KerasModels(Models.standard(), 1).read(source, given);
  }

  private static KerasModels.Given config(Path path) {
    return KerasModels.Given.of(Optional.of(path), Optional.empty());
  }

  /** A copy of a description that says something else. */
  private Path changed(Path config, String from, String to) throws IOException {
    String text = Files.readString(config);
    assertThat(text).containsPattern(from);
    return Files.writeString(temp.resolve("changed.yaml"), text.replaceAll(from, to));
  }

  /** All tables have one shape, and the last column's is the first layer of the file's model. */
  @Test
  void aCheckpointNamesItsLayers() {
    Path checkpoint = FORMS.resolve("k2-checkpoint");
    KerasModel model =
        read(
            checkpoint,
            config(FORMS.resolve("original_shared_bottom.yaml"))
                .withScores(
                    FORMS.resolve("k2-checkpoint-inputs.npz"),
                    FORMS.resolve("k2-checkpoint-outputs.npz")));
    assertThat(model.known().orElseThrow().largest()).isLessThan(ROUNDING);
    AdamState adam = model.state().adam().orElseThrow();
    try (Npz moments = Npz.open(FORMS.resolve("k2-checkpoint-moments.npz"))) {
      for (String column : new String[] {"user", "item", "hour"}) {
        double[] expected =
            Stream.of(moments.read("embedding/" + column + "/embeddings", -1))
                .flatMapToDouble(Arrays::stream)
                .toArray();
        float[] found = adam.m().get("embedding/" + column + "/embeddings").values();
        assertThat(found).as(column).hasSize(expected.length);
        for (int i = 0; i < found.length; i++) {
          assertThat(found[i]).as("%s, %d", column, i).isEqualTo((float) expected[i]);
        }
      }
    }
  }

  /** What a file says of its own model is held against the description. */
  @ParameterizedTest(name = "{0}: {1} is {2}")
  @CsvSource({
    "pepnet.keras,'(?s)- is_like\n  - is_click','- is_click\n  - is_like'",
    "pepnet.keras,relu,tanh",
    "mmoe.keras,'(?s)- is_like\n  - is_click','- is_click\n  - is_like'",
    "apg.keras,activation: relu,activation: tanh",
  })
  void aDescriptionOfAnotherModelIsRefused(String file, String from, String to) throws IOException {
    Path config = FILES.resolve(file.replace(".keras", ".yaml"));
    Path wrong = changed(config, from, to);
    assertThatThrownBy(() -> read(FILES.resolve(file), config(wrong)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(file + ": the model and the native one differ by ")
        .hasMessageContaining("in another order");
    assertThat(read(FILES.resolve(file), config(config)).difference().orElseThrow().largest())
        .isLessThan(ROUNDING);
  }

  /** Its graph takes other columns, so that nothing tells in which order the list is. */
  @ParameterizedTest
  @ValueSource(strings = {"pepnet", "mmoe", "shared_bottom"})
  void aListThatNothingProvesIsRefused(String model) throws IOException {
    Path saved = Path.of("savedmodels", model + "-keras3");
    Path config = FILES.resolve(model + ".yaml");
    Path renamed = changed(config, "name: user_id", "name: member");
    assertThatThrownBy(() -> read(saved, config(renamed)))
        .isInstanceOfSatisfying(
            InvalidInputException.class,
            e -> {
              assertThat(e)
                  .hasMessageContaining("could be matched in several ways")
                  .hasMessageContaining("--check");
              assertThat(e.details()).anyMatch(line -> line.endsWith("have the same shapes"));
            });
  }

  /** Keras 2's {@code to_json()} does not say how a model was compiled; the whole file does. */
  @Test
  void aJsonDoesNotHideTheOptimizerOfTheFile() {
    KerasModel model =
        read(
            FORMS.resolve("k2-shared_bottom.h5"),
            KerasModels.Given.of(
                Optional.empty(), Optional.of(FORMS.resolve("k2-shared_bottom.model.json"))));
    assertThat(model.state().adam().orElseThrow().step()).isEqualTo(3);
    assertThat(model.warnings()).isEmpty();
  }
}
