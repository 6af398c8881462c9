package io.scenerank.parity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scenerank.config.InvalidInputException;
import io.scenerank.model.Models;
import io.scenerank.testing.CaseEditor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every case that cannot be run is one line that names the file and what is wrong with it. */
@Tag("slow")
class CaseErrorsTest {
  private static final String LAYER = "gate_nu-odd";
  private static final String MODEL = "golden-pepnet";
  private static final String REPLAY = "golden-replay-keras3-dropout";
  private static final String SEEDED = "golden-replay-keras3-dropout-seeded";

  private final ParityCheck check = new ParityCheck(Models.standard());

  @TempDir Path temp;

  @Test
  void anUnchangedCopyPasses() {
    for (String name : new String[] {LAYER, MODEL, REPLAY}) {
      Path copy = CaseEditor.edit(CaseEditor.golden(name), temp.resolve(name + ".h5"), file -> {});
      assertThat(check.run(copy).passed()).as("the editor keeps %s as it is", name).isTrue();
    }
  }

  static Stream<Arguments> brokenCases() {
    return Stream.of(
        broken(LAYER, "kind missing", f -> f.attribute("kind", null), "'kind' is missing"),
        broken(
            LAYER,
            "kind unknown",
            f -> f.attribute("kind", "tower"),
            "attribute 'kind' is 'tower', expected layer or model"),
        broken(LAYER, "kind a number", f -> f.attribute("kind", 3), "'kind' is missing"),
        broken(LAYER, "name missing", f -> f.attribute("name", null), "'name' is missing"),
        broken(LAYER, "config missing", f -> f.attribute("config", null), "'config' is missing"),
        broken(
            LAYER,
            "config no JSON",
            f -> f.attribute("config", "{\"gamma\": "),
            "attribute 'config': not well formed JSON"),
        broken(LAYER, "no inputs", f -> f.remove("inputs"), "'inputs' is missing or empty"),
        broken(
            LAYER,
            "unknown layer",
            f -> f.attribute("name", "GateNU2"),
            "layer 'GateNU2' is unknown; did you mean 'GateNU'?"),
        broken(
            LAYER,
            "unknown argument",
            f -> f.config("\"gamma\"", "\"gama\""),
            "(GateNu): gama is unknown; did you mean 'gamma'?"),
        broken(
            LAYER,
            "argument missing",
            f -> f.config(", \"hidden_units\": [5, 3]", ""),
            "(GateNu): hidden_units is missing"),
        broken(
            LAYER,
            "argument of another type",
            f -> f.config("[5, 3]", "\"five\""),
            "(GateNu): hidden_units is \"five\", expected integers"),
        broken(
            LAYER,
            "three widths",
            f -> f.config("[5, 3]", "[5, 4, 3]"),
            "hidden_units is [5,4,3], expected two widths"),
        broken(
            LAYER,
            "input under another name",
            f -> f.put("inputs/y", f.data("inputs/x")).remove("inputs/x"),
            "the input 'x' of GateNu is missing"),
        broken(LAYER, "surplus input", f -> f.put("inputs/z", new float[][] {{1}, {2}}), "'z'"),
        broken(
            LAYER,
            "weight missing",
            f -> f.remove("weights/dense_layers/1/bias"),
            "missing [dense_layers/1/bias], surplus []"),
        broken(
            LAYER,
            "weight surplus",
            f -> f.put("weights/extra/kernel", new float[][] {{1}}),
            "missing [], surplus [extra/kernel]"),
        broken(
            LAYER,
            "weight of another shape",
            f -> f.put("weights/dense_layers/1/bias", new float[] {1, 2}),
            "weights/dense_layers/1/bias has the shape [2], expected [3]"),
        broken(
            LAYER,
            "integers for a weight",
            f -> f.put("weights/dense_layers/1/bias", new int[] {1, 2, 3}),
            "'weights/dense_layers/1/bias' holds no floats"),
        broken(
            LAYER,
            "output of another shape",
            f -> f.put("outputs/out", new float[7][2]),
            "'outputs/out' has the shape [7, 2] in the file"),
        broken(
            LAYER, "unknown output", f -> f.put("outputs/out_9", new float[7][3]), "outputs/out_9"),
        broken(
            LAYER,
            "cotangent of another shape",
            f -> f.put("cotangents/out", new float[7][2]),
            "cotangents/out has the shape [7, 2], expected [-1, 3]"),
        broken(
            LAYER, "no cotangent for the gradients", f -> f.remove("cotangents"), "input_grads/x"),
        broken(
            LAYER,
            "nothing to compare",
            f -> f.remove("outputs").remove("input_grads").remove("weight_grads"),
            "nothing to compare"),
        broken(
            MODEL,
            "unknown model",
            f -> f.config("\"model\": \"pepnet\"", "\"model\": \"pepnte\""),
            "model 'pepnte' is unknown; did you mean 'pepnet'?"),
        broken(
            MODEL,
            "unknown parameter",
            f -> f.config("pepnet_dropout", "pepnet_dropuot"),
            "unknown key 'pepnet_dropuot'; did you mean 'pepnet_dropout'?"),
        broken(
            MODEL, "unknown key of a column", f -> f.config("\"max_len\"", "\"maxlen\""), "maxlen"),
        broken(
            MODEL,
            "no columns",
            f -> f.config("\"feature_columns\"", "\"columns\""),
            "unknown key 'columns'"),
        broken(
            MODEL,
            "no column in a group",
            f -> f.config("\"epnet\"", "\"epnot\""),
            "no feature column is in the group 'epnet'"),
        broken(
            MODEL,
            "input missing",
            f -> f.remove("inputs/tab"),
            "inputs: missing [tab], surplus []"),
        broken(
            MODEL,
            "input surplus",
            f -> f.put("inputs/hour", new int[12][1]),
            "inputs: missing [], surplus [hour]"),
        broken(
            MODEL,
            "fewer rows in one input",
            f -> f.put("inputs/tab", new int[11][1]),
            "inputs/tab has the shape [11, 1], expected [12, 1]"),
        broken(
            MODEL,
            "floats for ids",
            f -> f.put("inputs/tab", new float[12][1]),
            "inputs/tab holds floats, expected integers"),
        broken(
            MODEL,
            "ids for floats",
            f -> f.put("inputs/age", new int[12][1]),
            "inputs/age holds integers, expected floats"),
        broken(
            MODEL,
            "id outside its vocabulary",
            f -> ((int[][]) f.data("inputs/history"))[4][2] = 5,
            "feature 'history', row 4: id 5 is outside [0, 5)"),
        broken(
            MODEL,
            "negative id",
            f -> ((int[][]) f.data("inputs/user_id"))[11][0] = -1,
            "feature 'user_id', row 11: id -1 is outside [0, 7)"),
        broken(
            MODEL, "label missing", f -> f.remove("labels/is_like"), "labels/is_like is missing"),
        broken(MODEL, "no labels", f -> f.remove("labels"), "labels/is_click is missing"),
        broken(
            MODEL,
            "fewer labels than gradient rows",
            f -> f.put("labels/is_like", new float[7][1]),
            "row 7 is needed, but labels/is_like has 7"),
        broken(
            MODEL,
            "more gradient rows than rows",
            f -> f.attribute("gradient_rows", 13),
            "row 12 is needed, but inputs has 12"),
        broken(
            MODEL,
            "no gradient rows",
            f -> f.attribute("gradient_rows", 0),
            "'gradient_rows' is 0, expected at least 1"),
        broken(
            MODEL,
            "gradient rows a text",
            f -> f.attribute("gradient_rows", "eight"),
            "'gradient_rows'"),
        broken(
            REPLAY,
            "batch rows missing",
            f -> f.remove("steps/batch_rows"),
            "'steps/batch_rows' is missing"),
        broken(
            SEEDED,
            "a seed of two words",
            f -> f.put("steps/initializer_seeds/is_click/kernel", new int[] {1, 2}),
            "'steps/initializer_seeds/is_click/kernel' has 2 words, expected 1"),
        broken(
            SEEDED,
            "a seed of no variable",
            f -> f.put("steps/initializer_seeds/is_click/kernel", new int[] {1}),
            "steps/initializer_seeds: no variable of the model at [is_click/kernel]"),
        broken(REPLAY, "loss missing", f -> f.remove("steps/loss"), "'steps/loss' is missing"),
        broken(
            REPLAY,
            "batch row out of range",
            f -> ((int[][]) f.data("steps/batch_rows"))[9][7] = 24,
            "row 24 is needed, but inputs has 24"),
        broken(
            REPLAY,
            "negative batch row",
            f -> ((int[][]) f.data("steps/batch_rows"))[0][0] = -1,
            "row -1 is needed, but inputs has 24"),
        broken(
            REPLAY,
            "batch rows of one dimension",
            f -> f.put("steps/batch_rows", new int[] {0, 1, 2}),
            "'steps/batch_rows' has the shape [3], expected [steps, rows]"),
        broken(
            REPLAY,
            "losses of fewer steps",
            f -> f.put("steps/loss", new float[9]),
            "'steps/loss' has the shape [9] in the file, [10] in the model"),
        broken(
            REPLAY,
            "one seed word",
            f -> f.put("steps/dropout_seeds/dnn/ppnet/dropout_layers/0/0", new long[] {1}),
            "dropout_seeds/dnn/ppnet/dropout_layers/0/0"),
        broken(
            REPLAY,
            "unknown training key",
            f -> f.config("\"learning_rate\"", "\"lr_rate\""),
            "unknown key 'lr_rate'"));
  }

  private static Arguments broken(
      String golden, String what, Consumer<CaseEditor> change, String message) {
    return Arguments.of(golden, what, change, message);
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource("brokenCases")
  void isOneLine(String golden, String what, Consumer<CaseEditor> change, String message) {
    Path file = CaseEditor.edit(CaseEditor.golden(golden), temp.resolve("broken.h5"), change);
    assertInvalid(file, message);
  }

  @Test
  void aMissingFile() {
    assertInvalid(temp.resolve("none.h5"), "no such file");
    assertInvalid(temp, "no such file");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7, 8, 100, 1_000, 5_000, 11_000})
  void aTruncatedFile(int length) throws IOException {
    byte[] whole = Files.readAllBytes(CaseEditor.golden(LAYER));
    assertThat(whole).hasSizeGreaterThan(11_000);
    assertInvalid(
        Files.write(temp.resolve("short.h5"), Arrays.copyOf(whole, length)),
        "damaged or not an HDF5");
  }

  @Test
  void aFileOfAnotherKind() throws IOException {
    assertInvalid(
        Files.writeString(temp.resolve("text.h5"), "not HDF5 at all\n".repeat(500)),
        "damaged or not an HDF5 file");
  }

  @Test
  void overwrittenBytesAreNeverAnInternalError() throws IOException {
    byte[] whole = Files.readAllBytes(CaseEditor.golden(LAYER));
    for (int from = 0; from < whole.length; from += 211) {
      byte[] damaged = whole.clone();
      Arrays.fill(damaged, from, Math.min(whole.length, from + 16), (byte) 0xFF);
      Path file = Files.write(temp.resolve("damaged.h5"), damaged);
      try {
        check.run(file);
      } catch (InvalidInputException e) {
        assertThat(e.getMessage()).as("bytes from %d", from).contains(file.toString());
      }
    }
  }

  private void assertInvalid(Path file, String message) {
    assertThatThrownBy(() -> check.run(file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(file.toString())
        .hasMessageContaining(message)
        .satisfies(e -> assertThat(e.getMessage().lines()).as("lines").hasSize(1));
  }
}
