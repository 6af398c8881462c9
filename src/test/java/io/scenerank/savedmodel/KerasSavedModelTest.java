package io.scenerank.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jhdf.HdfFile;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import io.scenerank.feature.InvalidInputException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * SavedModels that Keras wrote, against the outputs that Python's TensorFlow of the same version
 * recorded of them ({@code python-parity/make_savedmodels.py}): the same kernels on the same batch,
 * so the same bits.
 */
class KerasSavedModelTest {
  private static final Path FOLDER = Path.of("savedmodels");

  @ParameterizedTest
  @ValueSource(strings = {"pepnet-keras2", "pepnet-keras3"})
  void givesPythonsOutputsBitForBit(String name) {
    try (HdfFile file = new HdfFile(FOLDER.resolve(name + ".h5"));
        SavedModelPredictor predictor = SavedModelPredictor.load(FOLDER.resolve(name))) {
      Features features = inputs((Group) file.getChild("inputs"));
      assertThat(predictor.inputs().keySet()).isEqualTo(features.names());
      Scores scores = predictor.predict(features);
      assertThat(scores.names()).containsExactlyInAnyOrder("is_click", "is_like");
      for (Node output : (Group) file.getChild("outputs")) {
        float[] expected = (float[]) ((Dataset) output).getDataFlat();
        assertThat(expected).hasSize(64);
        assertThat(scores.get(output.getName()))
            .as("%s %s", name, output.getName())
            .containsExactly(expected);
      }
    }
  }

  private static Features inputs(Group group) {
    Features.Builder features = Features.builder();
    for (Node input : group) {
      features.ids(input.getName(), toInts(((Dataset) input).getData()));
    }
    return features.build();
  }

  private static int[][] toInts(Object data) {
    return data instanceof long[][] longs
        ? Arrays.stream(longs)
            .map(row -> Arrays.stream(row).mapToInt(Math::toIntExact).toArray())
            .toArray(int[][]::new)
        : (int[][]) data;
  }

  @Test
  void anIdThatKerasGraphRefusesIsOneLine() {
    Path model = FOLDER.resolve("pepnet-keras3");
    try (SavedModelPredictor predictor = SavedModelPredictor.load(model)) {
      Features.Builder features = Features.builder();
      predictor
          .inputs()
          .forEach(
              (name, spec) -> {
                int[][] ids = new int[2][Math.toIntExact(spec.shape().get(1))];
                ids[1][0] = name.equals("user_id") ? 29 : 0;
                features.ids(name, ids);
              });
      assertThatThrownBy(() -> predictor.predict(features.build()))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageStartingWith(model + ": ")
          .hasMessageContaining("29 is not in [0, 29)")
          .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1));
    }
  }
}
