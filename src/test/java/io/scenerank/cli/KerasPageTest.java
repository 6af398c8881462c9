package io.scenerank.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableMap;
import io.scenerank.testing.Page;
import io.scenerank.testing.RunsCommandsOf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of docs/keras.md, on small models. */
@Tag("slow")
class KerasPageTest {
  private static final Path RESOURCES = Path.of("src/test/resources/keras");

  /** Files of the page, by name. */
  private static final ImmutableMap<String, String> FILES =
      ImmutableMap.<String, String>builder()
          .put("ranker.keras", "mmoe.keras")
          .put("ranker.weights.h5", "mmoe.weights.h5")
          .put("ranker.yaml", "mmoe.yaml")
          .put("keras2.h5", "mmoe-keras2.h5")
          .put("keras2.yaml", "mmoe-keras2.yaml")
          .put("deepfm.keras", "graphs/deepfm.keras")
          .put("deepfm.cases.h5", "graphs/deepfm.cases.h5")
          .put("texts.keras", "graphs/texts.keras")
          .put("texts.csv", "graphs/texts.csv")
          .put("towers.weights.h5", "graphs/forms/keras2/object.weights.h5")
          .put("towers.json", "graphs/forms/keras2/model.json")
          .put("named.weights.h5", "forms/k2-m2m.weights.h5")
          .put("named.yaml", "forms/k2-m2m.yaml")
          .put("named.json", "forms/k2-m2m.model.json")
          .put("checked.h5", "forms/k2-apg_told.h5")
          .put("checked.yaml", "forms/k2-apg_told.yaml")
          .put("inputs.npz", "forms/k2-apg_told-inputs.npz")
          .put("outputs.npz", "forms/k2-apg_told-outputs.npz")
          .buildOrThrow();

  @TempDir private Path temp;
  private PageCommands run;

  @BeforeEach
  void copyFiles() throws IOException {
    run = new PageCommands(temp);
    Path keras = Files.createDirectory(temp.resolve("keras"));
    for (Map.Entry<String, String> file : FILES.entrySet()) {
      Files.copy(RESOURCES.resolve(file.getValue()), keras.resolve(file.getKey()));
    }
    Files.createSymbolicLink(
        keras.resolve("towers"),
        RESOURCES.resolve("graphs/forms/keras2/checkpoint").toAbsolutePath());
    for (String generation : List.of("2", "3")) {
      Files.createSymbolicLink(
          keras.resolve("saved" + generation),
          Path.of("savedmodels/mmoe-keras" + generation).toAbsolutePath());
    }
  }

  @Test
  @RunsCommandsOf({"docs/keras.md#Import a Keras model", "docs/keras.md#Export to Keras"})
  void kerasModelsIntoJavaAndBack(List<String> commands) {
    assertThat(commands).hasSize(10);
    run.runAll(commands);
    assertThat(temp.resolve("back/deepfm.keras")).isNotEmptyFile();
    assertThat(temp.resolve("back/ranker.keras")).isNotEmptyFile();
    assertThat(temp.resolve("back/ranker.weights.h5")).isNotEmptyFile();
    assertThat(temp.resolve("back/ranker/1/saved_model.pb")).isNotEmptyFile();
  }

  @Test
  @RunsCommandsOf({
    "docs/keras.md#Files",
    "docs/keras.md#`--config`: a model of the library by its parameters",
    "docs/keras.md#`--check inputs.npz outputs.npz`"
  })
  void importsOfOtherFiles(List<String> commands) {
    assertThat(commands).hasSize(8);
    run.runAll(commands);
    assertThat(temp.resolve("runs/checked/config.yaml")).isNotEmptyFile();
  }

  @Test
  @RunsCommandsOf("docs/keras.md#Texts")
  void aModelThatReadsTexts(List<String> commands) throws IOException {
    assertThat(commands).hasSize(5);
    Files.writeString(
        temp.resolve("keras/texts.yaml"), Page.section("docs/keras.md#Texts").code("yaml").get(0));
    run.runAll(commands);
    assertThat(temp.resolve("scores.parquet")).isNotEmptyFile();
  }
}
