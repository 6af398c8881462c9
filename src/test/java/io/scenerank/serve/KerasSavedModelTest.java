package io.scenerank.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.jhdf.HdfFile;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import io.scenerank.config.InvalidInputException;
import io.scenerank.model.Models;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * SavedModels that Keras wrote, against the outputs that Python's TensorFlow of the same version
 * recorded of them ({@code python-parity/make_savedmodels.py}).
 *
 * <p>TensorFlow's kernels differ in the last bits from one kind of CPU to another, so recorded
 * outputs are met to 1e-6. That Java and Python give the same bits on one machine is what {@code
 * python-parity/tests/test_savedmodels.py} says.
 */
@Tag("slow")
class KerasSavedModelTest {
  private static final Path FOLDER = Path.of("savedmodels");
  private static final Offset<Float> RECORDED = within(1e-6f);

  /** Every SavedModel that is checked in. */
  static List<String> names() throws IOException {
    try (Stream<Path> children = Files.list(FOLDER)) {
      return children
          .filter(Files::isDirectory)
          .map(folder -> folder.getFileName().toString())
          .sorted()
          .toList();
    }
  }

  @Test
  void bothGenerationsOfEveryModelAreTried() throws IOException {
    List<String> expected =
        Models.standard().names().stream()
            .flatMap(model -> Stream.of(model + "-keras2", model + "-keras3"))
            .toList();
    assertThat(names()).containsAll(expected);
  }

  @ParameterizedTest
  @MethodSource("names")
  void givesPythonsOutputs(String name) {
    try (HdfFile file = new HdfFile(FOLDER.resolve(name + ".h5"));
        SavedModelPredictor predictor = SavedModelPredictor.load(FOLDER.resolve(name))) {
      Features features = inputs((Group) file.getChild("inputs"));
      assertThat(predictor.inputs().keySet()).isEqualTo(features.names());
      Scores scores = predictor.predict(features);
      Group outputs = (Group) file.getChild("outputs");
      assertThat(scores.names()).hasSameSizeAs(outputs.getChildren().keySet());
      for (Node output : outputs) {
        float[] expected = (float[]) ((Dataset) output).getDataFlat();
        assertThat(expected).hasSize(64);
        assertThat(scores.get(outputOf(output.getName(), scores)))
            .as("%s %s", name, output.getName())
            .containsExactly(expected, RECORDED);
      }
    }
  }

  /** The output of a task, which Keras 2 names after its layer. */
  private static String outputOf(String task, Scores scores) {
    return Stream.of(task, "task_" + task, "task_" + task + "_output")
        .filter(scores.names()::contains)
        .findFirst()
        .orElseThrow(() -> new AssertionError("no output of " + task + " in " + scores.names()));
  }

  private static Features inputs(Group group) {
    Features.Builder features = Features.builder();
    for (Node input : group) {
      Object data = ((Dataset) input).getData();
      if (data instanceof float[][] floats) {
        features.floats(input.getName(), floats);
      } else {
        features.ids(input.getName(), toInts(data));
      }
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
