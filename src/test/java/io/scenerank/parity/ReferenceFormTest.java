package io.scenerank.parity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import io.scenerank.model.ModelParams;
import io.scenerank.model.ModelType;
import io.scenerank.model.Models;
import io.scenerank.testing.CaseEditor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Cases in the form in which Python's code writes them: what is left out is the reference's
 * default. The goldens and {@code defaults.json} are of {@code python-parity/make_cases.py
 * --golden}.
 */
class ReferenceFormTest {
  private static final String PEPNET = "golden-pepnet"; // 12 rows, gradients of the first 8
  private static final String APG = "original-apg";
  private static final String PREDICT = "original-predict-as_logit-activation";
  private static final String ATTENTION = "original-attention-keras3";

  private final ParityCheck check = new ParityCheck(Models.standard());

  @TempDir Path temp;

  private static Arguments edit(String golden, String what, Consumer<CaseEditor> change) {
    return Arguments.of(golden, what, change);
  }

  private static Arguments wrong(
      String golden, String what, Consumer<CaseEditor> change, String message) {
    return Arguments.of(golden, what, change, message);
  }

  static Stream<Arguments> sameNumbers() {
    return Stream.of(
        edit(
            PEPNET,
            "labels of the first rows alone",
            f ->
                f.put("labels/is_click", first(f.data("labels/is_click"), 8))
                    .put("labels/is_like", first(f.data("labels/is_like"), 8))),
        edit(
            PEPNET,
            "integer labels",
            f ->
                f.put("labels/is_click", integers(f.data("labels/is_click")))
                    .put("labels/is_like", integers(f.data("labels/is_like")))),
        edit(
            PEPNET,
            "float labels of 64 bits",
            f -> f.put("labels/is_click", doubles(f.data("labels/is_click")))),
        edit(APG, "a source that is not JSON", f -> f.attribute("source", "keras on my machine")),
        edit(APG, "no source", f -> f.attribute("source", null)),
        edit(
            APG,
            "another width of the scene, which follows from its column",
            f -> f.config("\"scene_emb_dim\": 4", "\"scene_emb_dim\": 40")),
        edit(
            PREDICT,
            "Keras' own keys",
            f ->
                f.config(
                    "{",
                    "{\"name\": \"task\", \"trainable\": true, \"dtype\": \"float32\","
                        + " \"dynamic\": false, ")),
        edit(PREDICT, "an activation in capitals", f -> f.config("\"tanh\"", "\"Tanh\"")));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("sameNumbers")
  void isTheSameCase(String golden, String what, Consumer<CaseEditor> change) {
    Path file = CaseEditor.edit(CaseEditor.golden(golden), temp.resolve("case.h5"), change);
    assertThat(check.run(file).tensors()).isNotEmpty().allMatch(TensorComparison::passed);
  }

  static Stream<Arguments> otherNumbers() {
    return Stream.of(
        edit(
            APG,
            "an activation of None is none, not the default",
            f -> f.config("\"apg_dnn_units\"", "\"activation\": null, \"apg_dnn_units\"")),
        edit(
            "original-pepnet-no_activation",
            "an activation that is left out is the default, not none",
            f -> f.config(", \"pepnet_activation\": null", "")),
        edit(
            "original-apg_layer",
            "a layer's activation of None",
            f -> f.config("{", "{\"activation\": null, ")),
        edit(
            "original-pepnet-shared_table",
            "a mask where the table has none",
            f -> f.config("\"type\": \"varlen_sparse\"", MASKED)),
        edit(
            "original-m2m-attended-keras3",
            "the masks of another Keras",
            f -> f.attribute("source", "{\"keras_generation\": 2}")));
  }

  private static final String MASKED = "\"type\": \"varlen_sparse\", \"mask_zero\": true";

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("otherNumbers")
  void isAnotherCase(String golden, String what, Consumer<CaseEditor> change) {
    Path file = CaseEditor.edit(CaseEditor.golden(golden), temp.resolve("case.h5"), change);
    assertThat(check.run(file).tensors())
        .filteredOn(tensor -> tensor.tensor().startsWith("outputs/") && !tensor.passed())
        .isNotEmpty();
  }

  static Stream<Arguments> wrongCases() {
    return Stream.of(
        wrong(
            PEPNET,
            "labels of the first rows alone, and nothing says so",
            f ->
                f.put("labels/is_click", first(f.data("labels/is_click"), 8))
                    .attribute("gradient_rows", null),
            "row 8 is needed, but labels/is_click has 8; if only the first rows have labels, the"
                + " attribute gradient_rows is their number"),
        wrong(
            APG,
            "an id of more than 32 bits",
            f -> ((long[][]) f.data("inputs/user_id"))[3][0] = (1L << 32) + 1,
            "'inputs/user_id' holds 4294967297, expected integers of 32 bits"),
        wrong(
            APG,
            "a column of texts",
            f -> f.config("\"dtype\": \"int64\"", "\"dtype\": \"string\""),
            "config.feature_columns[0]: dtype is \"string\", expected one of int8, "),
        wrong(
            APG,
            "an attention's key that is not a name",
            f -> f.config("\"att_key_name\": null", "\"att_key_name\": 3"),
            "config.feature_columns[0]: att_key_name is 3, expected a column's name"),
        wrong(
            APG,
            "the pooling of a model that the project does not have",
            f -> f.config("\"combiner\": \"mean\"", "\"combiner\": \"din\""),
            "feature column 'user_id': combiner 'din' is unknown"),
        wrong(
            APG,
            "an input of no column",
            f -> f.put("inputs/minute", new int[12][1]),
            "inputs: missing [], surplus [minute]"),
        wrong(
            APG,
            "columns that are no list",
            f -> f.attribute("config", "{\"feature_columns\": {}, \"model\": \"apg\"}"),
            "config.feature_columns: found OBJECT, expected a list of columns"),
        wrong(
            APG,
            "parameters that are a list",
            f -> f.config("\"model_params\": {", "\"model_params\": [], \"training\": {"),
            "config.model_params is [], expected keys and values"),
        wrong(
            PREDICT,
            "several classes",
            f -> f.config("{", "{\"num_classes\": 3, "),
            "(PredictLayer): num_classes is 3, which is not computed"),
        wrong(
            PREDICT,
            "numbers of 16 bits",
            f -> f.config("{", "{\"dtype\": {\"config\": {\"name\": \"mixed_float16\"}}, "),
            "argument 'dtype' is \"mixed_float16\", expected float32"),
        wrong(
            ATTENTION,
            "attention of another width",
            f -> f.config("{", "{\"output_shape\": 7, "),
            "weights/_output_dense/kernel has the shape [2, 4, 5], expected [2, 4, 7]"));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("wrongCases")
  void isOneLine(String golden, String what, Consumer<CaseEditor> change, String message) {
    Path file = CaseEditor.edit(CaseEditor.golden(golden), temp.resolve("case.h5"), change);
    assertThatThrownBy(() -> check.run(file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(file.toString())
        .hasMessageContaining(message)
        .satisfies(e -> assertThat(e.getMessage().lines()).as("lines").hasSize(1));
  }

  /** A parameter that a case leaves out has Python's default, also where it moves no output. */
  @Test
  void theModelsDefaultsAreTheReferences() {
    ConfigMapper mapper = new ConfigMapper();
    JsonNode reference = mapper.readTree(CaseEditor.golden("x").resolveSibling("defaults.json"));
    assertThat(reference.fieldNames())
        .toIterable()
        .containsExactlyInAnyOrderElementsOf(Models.standard().names());
    for (Map.Entry<String, JsonNode> model : reference.properties()) {
      ObjectNode ours = mapper.toTree(defaults(Models.standard().get(model.getKey())));
      for (Map.Entry<String, JsonNode> parameter : model.getValue().properties()) {
        String key = parameter.getKey();
        if (!key.equals("task_names")) {
          assertThat(text(ours.path(key)))
              .as("%s of %s", key, model.getKey())
              .isEqualTo(text(key, parameter.getValue()));
        }
      }
    }
  }

  private static <P extends ModelParams> P defaults(ModelType<P> type) {
    return type.defaults(ImmutableList.of("is_click"));
  }

  /** None is not an activation, and the masks of Keras 2 for a case that names no Keras. */
  private static String text(String key, JsonNode value) {
    return !value.isNull() ? text(value) : key.equals("attention_masking") ? "keras2" : "linear";
  }

  private static String text(JsonNode value) {
    return value.isNumber()
        ? Float.toString(value.floatValue())
        : value.toString().replace("\"", "");
  }

  private static float[][] first(Object labels, int rows) {
    return Arrays.copyOf((float[][]) labels, rows);
  }

  private static int[][] integers(Object labels) {
    float[][] floats = (float[][]) labels;
    int[][] integers = new int[floats.length][1];
    for (int i = 0; i < floats.length; i++) {
      integers[i][0] = (int) floats[i][0];
    }
    return integers;
  }

  private static double[][] doubles(Object labels) {
    float[][] floats = (float[][]) labels;
    double[][] doubles = new double[floats.length][1];
    for (int i = 0; i < floats.length; i++) {
      doubles[i][0] = floats[i][0];
    }
    return doubles;
  }
}
