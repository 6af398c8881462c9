package io.scenerank.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.scenerank.config.ConfigMapper;
import io.scenerank.testing.ChildProcess.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * {@code import-keras} of the forms that Keras 2.15, tf-keras and Keras 3 save, held against scores
 * that Keras recorded ({@code python-parity/make_keras_forms.py}).
 */
@Tag("slow")
class ImportFormsTest {
  private static final Path FORMS = Path.of("src/test/resources/keras/forms");

  /** Keras and TensorFlow Java sum float32 products in another order. */
  private static final double ROUNDING = 1e-6;

  @TempDir private Path temp;

  private List<Object> command(String source, String config) {
    List<Object> arguments = new ArrayList<>(List.of("import-keras", FORMS.resolve(source)));
    if (config != null) {
      arguments.addAll(List.of("--config", FORMS.resolve(config)));
    }
    arguments.addAll(List.of("--out", temp.resolve("run")));
    return arguments;
  }

  private static List<Object> scores(String stem) {
    return List.of(
        "--check", FORMS.resolve(stem + "-inputs.npz"), FORMS.resolve(stem + "-outputs.npz"));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "k2-shared_bottom.h5,original_shared_bottom.yaml,,k2-shared_bottom,3",
    "k215-shared_bottom.h5,original_shared_bottom.yaml,,k215-shared_bottom,3",
    "k2-shared_bottom.weights.h5,original_shared_bottom.yaml,k2-shared_bottom.model.json,k2-shared_bottom,",
    "k215-shared_bottom.weights.h5,original_shared_bottom.yaml,k215-shared_bottom.model.json,k215-shared_bottom,",
    "k213-shared_bottom.weights.h5,original_shared_bottom.yaml,k213-shared_bottom.model.json,k213-shared_bottom,",
    "k213-whole.keras,original_shared_bottom.yaml,,k213-whole,3",
    "k2-apg_told.h5,k2-apg_told.yaml,,k2-apg_told,",
    "k2-apg,k2-apg_told.yaml,,k2-apg_told,3",
    "k2-m2m.keras,,,k2-m2m,4",
    "k2-m2m.keras,k2-m2m.yaml,,k2-m2m,4",
    "k2-m2m.weights.h5,k2-m2m.yaml,k2-m2m.model.json,k2-m2m,",
    "k2-m2m.weights.h5,,k2-m2m.model.json,k2-m2m,",
    "k2-m2m.weights.h5,k2-m2m.yaml,,k2-m2m,4",
    "k2-apg_open.h5,k2-apg_open.yaml,,k2-apg_open,",
    "k2-shared_bottom.h5,,,k2-shared_bottom,3",
    "k215-shared_bottom.weights.h5,,k215-shared_bottom.model.json,k215-shared_bottom,",
    "k213-whole.keras,,,k213-whole,3",
    "k3-layered.h5,,,k3,4",
    "k3-layered.h5,k3.yaml,,k3,4",
    "k3-shards.weights.json,k3.yaml,,k3,4",
    "k3-adam.weights.h5,k3.yaml,,k3,4",
  })
  void givesTheScoresOfKeras(String source, String config, String json, String stem, String step) {
    List<Object> arguments = command(source, config);
    arguments.addAll(scores(stem));
    if (json != null) {
      arguments.addAll(List.of("--model-json", FORMS.resolve(json)));
    }
    arguments.add("--json");
    JsonNode report =
        new ConfigMapper().parse(Cli.good(arguments.toArray()).out(), "standard output");
    assertThat(report.path("known_max_abs_diff").asDouble(1)).isLessThanOrEqualTo(ROUNDING);
    assertThat(report.path("optimizer_step").asText(null)).isEqualTo(step);
    assertThat(report.path("warnings").toString()).doesNotContain("not proven");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "k2-shared_bottom.weights.h5|original_shared_bottom.yaml|embedding__user, embedding__item,"
            + " embedding__hour have the same shapes",
        "k215-shared_bottom.weights.h5|original_shared_bottom.yaml|task_tower_is_click,"
            + " task_tower_is_like have the same shapes",
        "k213-shared_bottom.weights.h5|original_shared_bottom.yaml|task_tower_is_click,"
            + " task_tower_is_like have the same shapes",
        "k2-m2m.weights.h5|k2-m2m.yaml|is_click__tower_logit, is_like__tower_logit have the same"
            + " shapes",
        "k2-apg_open.h5|k2-apg_open.yaml|the order of this library's layers and that of the"
            + " original",
      })
  void whatFitsInSeveralWaysIsRefused(String source, String config, String detail)
      throws IOException {
    Path alone = Files.copy(FORMS.resolve(source), temp.resolve(source));
    Outcome outcome =
        Cli.run(
            "import-keras", alone, "--config", FORMS.resolve(config), "--out", temp.resolve("run"));
    assertThat(outcome.exitCode()).isEqualTo(ScenerankCommand.BAD_INPUT);
    assertThat(outcome.errLines().get(0))
        .contains(source, "could be matched in several ways", "--check");
    assertThat(outcome.err()).contains(detail).doesNotContain("Exception");
    assertThat(temp.resolve("run")).doesNotExist();
  }

  @Test
  void anOrderThatTheScoresDoNotConfirmIsRefused() {
    List<Object> arguments = command("k2-shared_bottom.weights.h5", "original_shared_bottom.yaml");
    arguments.addAll(scores("k2-shared_bottom"));
    Cli.invalid(": the scores differ from those of ", arguments.toArray());
    assertThat(temp).isEmptyDirectory();
  }

  @Test
  void theJsonOfTheModelMayLieBesideItsWeights() throws IOException {
    Path weights = temp.resolve("ranker.weights.h5");
    Files.copy(FORMS.resolve("k2-shared_bottom.weights.h5"), weights);
    Files.copy(FORMS.resolve("k2-shared_bottom.model.json"), temp.resolve("ranker.json"));
    List<Object> arguments = new ArrayList<>(List.of("import-keras", weights));
    arguments.addAll(List.of("--config", FORMS.resolve("original_shared_bottom.yaml")));
    arguments.addAll(List.of("--out", temp.resolve("run")));
    arguments.addAll(scores("k2-shared_bottom"));
    assertThat(Cli.good(arguments.toArray()).out())
        .containsPattern("The known scores and the model's differ by \\S+ on 33 rows");
  }

  @Test
  void aJsonOfAnotherModelDoesNotFit() {
    List<Object> arguments = command("k2-shared_bottom.weights.h5", "original_shared_bottom.yaml");
    arguments.addAll(List.of("--model-json", FORMS.resolve("k2-m2m.model.json")));
    Outcome outcome = Cli.run(arguments.toArray());
    assertThat(outcome.exitCode()).isEqualTo(ScenerankCommand.BAD_INPUT);
    assertThat(outcome.err())
        .contains("shared_bottom/dense_layers/0/kernel of the model")
        .doesNotContain("Exception");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "k3-inputs.npz|k2-apg_told-outputs.npz|has 33 rows, expected the 32 of",
        "k2-m2m-inputs.npz|k3-outputs.npz|user_id",
        "k2-apg_told-inputs.npz|k3-outputs.npz|array 'user_id' is missing; there are tab, user",
        "k3-inputs.npz|k3-inputs.npz|no output is named after a task",
        "k3.yaml|k3-outputs.npz|cannot be read as a .npz of numpy",
      })
  void knownScoresThatAreNone(String inputs, String outputs, String message) {
    List<Object> arguments = command("k3-adam.weights.h5", "k3.yaml");
    arguments.addAll(List.of("--check", FORMS.resolve(inputs), FORMS.resolve(outputs)));
    Outcome outcome = Cli.run(arguments.toArray());
    assertThat(outcome.exitCode()).as("%s", outcome).isEqualTo(ScenerankCommand.BAD_INPUT);
    assertThat(outcome.err()).contains(message).doesNotContain("Exception");
    assertThat(temp).isEmptyDirectory();
  }
}
