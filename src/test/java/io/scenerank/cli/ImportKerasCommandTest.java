package io.scenerank.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.scenerank.config.ConfigMapper;
import io.scenerank.testing.ChildProcess.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code import-keras} and {@code inspect} through the command line. */
@Tag("slow")
class ImportKerasCommandTest {
  private static final Path KERAS = Path.of("src/test/resources/keras");

  @TempDir private Path temp;

  private static JsonNode json(Outcome outcome) {
    return new ConfigMapper().parse(outcome.out(), "standard output");
  }

  @Test
  void saysWhatItReadAndHowFarTheGraphsAreApart() {
    Path source = Path.of("savedmodels/pepnet-keras2");
    Path run = temp.resolve("run");
    JsonNode report = json(Cli.good("import-keras", source, "--out", run, "--json"));
    assertThat(report.path("kind").asText()).isEqualTo("SavedModel of Keras 2");
    assertThat(report.path("model").asText()).isEqualTo("keras");
    assertThat(report.path("tasks")).hasToString("[\"is_click\",\"is_like\"]");
    assertThat(report.path("variables").asInt()).isEqualTo(29);
    assertThat(report.path("values").asInt()).isEqualTo(6744);
    assertThat(report.path("optimizer_step").asInt()).isEqualTo(16);
    assertThat(report.path("max_abs_diff").asDouble(1)).isLessThanOrEqualTo(1e-6);
    assertThat(report.path("warnings")).isEmpty();
    assertThat(run.resolve("config.yaml")).isNotEmptyFile();
    assertThat(run.resolve("saved_model/1/saved_model.pb")).isNotEmptyFile();
  }

  @Test
  void aRunFolderOfAnImportIsImportedAgain() {
    Path run = temp.resolve("first");
    Cli.good("import-keras", KERAS.resolve("m2m.keras"), "--out", run);
    String text =
        Cli.good("import-keras", run.resolve("saved_model/1"), "--out", temp.resolve("second"))
            .out();
    assertThat(text)
        .contains(
            "SavedModel of SceneRank", "keras", "each matched once", "differ by 0 on 64 random");
  }

  @Test
  void aNumberThatIsNaNSurvivesTheRunFolder() {
    Path run = temp.resolve("run");
    Path exported = temp.resolve("exported.keras");
    Cli.good("import-keras", KERAS.resolve("graphs/not_a_number.keras"), "--out", run);
    Cli.good("export", run, "--format", "keras", "--out", exported);
    Cli.good("import-keras", exported, "--out", temp.resolve("second"));
  }

  @Test
  void anExistingRunIsReplacedOnlyWithForce() throws IOException {
    Path run = Files.createDirectory(temp.resolve("run"));
    Path source = KERAS.resolve("mmoe.keras");
    Cli.invalid(
        run + ": exists already; replace it with force (--force)",
        "import-keras",
        source,
        "--out",
        run);
    Cli.good("import-keras", source, "--out", run, "--force");
    assertThat(run.resolve("config.yaml")).isNotEmptyFile();
  }

  @Test
  void theSourceIsNeverReplacedByItsImport() throws IOException {
    Path source = Files.copy(KERAS.resolve("mmoe.keras"), temp.resolve("mmoe.keras"));
    Cli.invalid(
        "which force (--force) would replace", "import-keras", source, "--out", temp, "--force");
    assertThat(source).hasSameBinaryContentAs(KERAS.resolve("mmoe.keras"));
  }

  @Test
  void whatDoesNotFitIsListedAndNoRunIsLeft() throws IOException {
    Path run = temp.resolve("run");
    Outcome outcome =
        Cli.run(
            "import-keras",
            KERAS.resolve("apg.weights.h5"),
            "--config",
            KERAS.resolve("mmoe.yaml"),
            "--out",
            run);
    assertThat(outcome.exitCode()).isEqualTo(ScenerankCommand.BAD_INPUT);
    assertThat(outcome.errLines().get(0)).contains("apg.weights.h5: ", " more)");
    assertThat(outcome.err())
        .contains("' is missing, expert_0/dense_layers/0/kernel of the model")
        .contains("array 'layers/apg_layer/vars/0' belongs to no layer of the model")
        .doesNotContain("Exception");
    assertThat(temp).isEmptyDirectory();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "model: mmoe|'feature_columns' is missing",
        "modle: mmoe|unknown key 'modle'; did you mean 'model'?",
        "{model: mmo, feature_columns: []}|model 'mmo' is unknown; did you mean 'mmoe'?",
        "{model: mmoe, model_params: {expert_num: 2}, feature_columns: []}|did you mean"
            + " 'expert_nums'?",
      })
  void aConfigThatIsWrong(String yaml, String message) throws IOException {
    Path config = Files.writeString(temp.resolve("wrong.yaml"), yaml);
    Path run = temp.resolve("run");
    Path source = KERAS.resolve("mmoe.weights.h5");
    Cli.invalid(config + ": ", "import-keras", source, "--config", config, "--out", run);
    Cli.invalid(message, "import-keras", source, "--config", config, "--out", run);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "src/test/resources/keras/apg.keras,.keras of Keras 3,apg,30,16",
    "src/test/resources/keras/apg.weights.h5,.weights.h5 of Keras 3,apg,30,16",
    "src/test/resources/keras/apg-keras2.h5,.h5 of Keras 2,,30,",
    "savedmodels/apg-keras2,SavedModel of Keras 2,apg,30,16",
    "savedmodels/apg-keras3,SavedModel of Keras 3,,30,",
  })
  void inspectShowsWhatIsInside(
      String path, String kind, String model, int variables, String step) {
    JsonNode json = json(Cli.good("inspect", path, "--json"));
    assertThat(json.path("kind").asText()).isEqualTo(kind);
    assertThat(json.path("model").textValue()).isEqualTo(model);
    assertThat(json.path("variables")).hasSize(variables);
    assertThat(json.path("values").asInt()).isEqualTo(595);
    assertThat(json.at("/optimizer/step").asText(null)).isEqualTo(step);
    assertThat(Cli.good("inspect", path).out()).contains(kind, "30 variables of 595 values");
  }

  @Test
  void inspectShowsTheSignaturesOfASavedModel() {
    String text = Cli.good("inspect", "savedmodels/apg-keras2").out();
    assertThat(text)
        .contains("Signature serving_default (tensorflow/serving/predict):")
        .containsPattern("input +history +int32 +\\[-1, 5]")
        .containsPattern("output +is_click +float32 +\\[-1, 1]")
        .containsPattern("apg_layer_0 +ApgLayer");
  }

  @Test
  void inspectOfARunFolder() {
    Path run = temp.resolve("run");
    Cli.good("import-keras", KERAS.resolve("apg.keras"), "--out", run);
    JsonNode json = json(Cli.good("inspect", run, "--json"));
    assertThat(json.path("kind").asText()).isEqualTo("run folder");
    assertThat(json.path("model").asText()).isEqualTo("keras");
    assertThat(json.at("/optimizer/step").asInt()).isEqualTo(16);
    assertThat(json.at("/optimizer/slots").asInt()).isEqualTo(60);
    assertThat(json.path("signatures").findValuesAsText("method"))
        .containsOnly("tensorflow/serving/predict");
    assertThat(json.path("values").asInt()).isEqualTo(595);
  }

  @Test
  void inspectOfNothingKnown() throws IOException {
    Path file = Files.writeString(temp.resolve("notes.txt"), "notes");
    Cli.invalid(file + ": neither a .keras archive", "inspect", file);
    Cli.invalid(temp + ": not a SavedModel", "inspect", temp);
  }
}
