package io.scenerank.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scenerank.config.InvalidInputException;
import io.scenerank.model.Models;
import io.scenerank.train.optimizer.AdamState;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files of the original implementation's models, which {@code make_original_forms.py} writes. */
@Tag("slow")
class OriginalFormsTest {
  private static final Path FORMS = Path.of("src/test/resources/keras/original");
  private static final double ROUNDING = 1e-6;

  private static Path file(String name) {
    return FORMS.resolve(name);
  }

  private static KerasModel read(String file, String name) {
    KerasModels.Given given =
        KerasModels.Given.of(Optional.empty(), Optional.empty())
            .withScores(file(name + "-inputs.npz"), file(name + "-outputs.npz"));
    return new KerasModels(Models.standard(), 1).read(file(file), given);
  }

  @ParameterizedTest
  @CsvSource({
    "m2m, m2m",
    "apg.h5, apg",
    "apg-prelu.h5, apg-prelu",
    "mmoe.keras, mmoe",
    "shared_bottom.weights.h5, shared_bottom"
  })
  void givesKerasOwnScores(String file, String name) {
    assertThat(read(file, name).known().orElseThrow().largest()).isLessThan(ROUNDING);
  }

  /** The JSON of these has another name. */
  @ParameterizedTest
  @CsvSource({
    "m2m-second-checkpoint, m2m-second",
    "pepnet-sequence-weights.h5, pepnet-sequence",
  })
  void givesKerasOwnScoresWithItsJson(String file, String name) {
    KerasModels.Given given =
        KerasModels.Given.of(Optional.empty(), Optional.of(file(name + ".json")))
            .withScores(file(name + "-inputs.npz"), file(name + "-outputs.npz"));
    KerasModel model = new KerasModels(Models.standard(), 1).read(file(file), given);
    assertThat(model.known().orElseThrow().largest()).isLessThan(ROUNDING);
  }

  @ParameterizedTest
  @CsvSource({"m2m, m2m", "apg-prelu.h5, apg-prelu", "mmoe.keras, mmoe"})
  void resumesAdam(String file, String name) {
    AdamState adam = read(file, name).state().adam().orElseThrow();
    assertThat(adam.step()).isEqualTo(4);
    try (Npz expected = Npz.open(file(name + "-moments.npz"))) {
      assertThat(adam.m().keySet()).containsExactlyInAnyOrderElementsOf(expected.names());
      adam.m()
          .forEach(
              (path, moment) ->
                  assertThat(floats(expected.read(path, -1)))
                      .as(path)
                      .containsExactly(moment.values()));
    }
  }

  private static float[] floats(double[][] rows) {
    double[] flat = Stream.of(rows).flatMapToDouble(DoubleStream::of).toArray();
    float[] floats = new float[flat.length];
    for (int i = 0; i < flat.length; i++) {
      floats[i] = (float) flat[i];
    }
    return floats;
  }

  @Test
  void anUnfinishedOptimizerIsNotCarriedOver() {
    KerasModel model = read("apg.h5", "apg");
    assertThat(model.state().adam()).isEmpty();
    assertThat(model.warnings())
        .singleElement()
        .asString()
        .contains("apg.h5: the state of the optimizer is not that of Adam");
  }

  @Test
  void towersThatKerasLeavesOutAreToldInOneLine() {
    assertThatThrownBy(() -> read("pepnet.keras", "pepnet"))
        .isInstanceOfSatisfying(
            InvalidInputException.class,
            e -> {
              assertThat(e)
                  .hasMessageContaining("Keras 2 leaves lists within lists out of such a file")
                  .hasMessageContaining("8 arrays")
                  .hasMessageContaining("expected a .h5 or a SavedModel");
              assertThat(e.details()).isEmpty();
            });
  }

  /** The unit that the attentions share is once in the model, as it is in Keras. */
  @Test
  void sharedUnitsAreOne() {
    assertThat(read("m2m", "m2m").state().weights().keySet())
        .filteredOn(path -> path.contains("shared_meta_unit/"))
        .hasSize(16)
        .allMatch(path -> path.startsWith("dnn/attention_") || path.startsWith("dnn/tower_"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"m2m-second-checkpoint", "pepnet-sequence-weights.h5"})
  void weightsAloneNeedTheModel(String file) {
    assertThatThrownBy(() -> KerasModels.read(file(file)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("does not describe its model");
  }
}
