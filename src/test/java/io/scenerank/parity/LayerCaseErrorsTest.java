package io.scenerank.parity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scenerank.config.InvalidInputException;
import io.scenerank.model.Models;
import io.scenerank.testing.CaseEditor;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Cases of APG's and M2M's layers that cannot be run: one line with the file and what is wrong. */
class LayerCaseErrorsTest {
  private static final String ATTENTION = "attention-masked-odd-keras2"; // x [7, 6, 5], ids [7, 6]
  private static final String APG = "apg_layer-odd"; // x [6, 11], scene [6, 5], k 3, p 4
  private static final String UNIT = "meta_unit-3-leaky_relu-3d"; // x [6, 3, 5]
  private static final String DNN = "dnn-leaky_relu"; // units [9, 5, 3]

  private final ParityCheck check = new ParityCheck(Models.standard());

  @TempDir Path temp;

  private static Arguments broken(
      String golden, String what, Consumer<CaseEditor> change, String message) {
    return Arguments.of(golden, what, change, message);
  }

  /** The attention's sequences as a case of another layer. */
  private static CaseEditor sequences(CaseEditor file, String layer, String config) {
    return file.remove("inputs/ids").attribute("name", layer).attribute("config", config);
  }

  static Stream<Arguments> brokenCases() {
    return Stream.of(
        broken(
            ATTENTION,
            "floats for ids",
            f -> f.put("inputs/ids", new float[7][6]),
            "the input 'ids' of MultiHeadAttention holds floats, expected integers"),
        broken(
            ATTENTION,
            "integers for a sequence",
            f -> f.put("inputs/x", new int[7][6]),
            "the input 'x' of MultiHeadAttention holds integers, expected floats"),
        broken(
            ATTENTION,
            "ids of another length",
            f -> f.put("inputs/ids", new int[7][4]),
            "(MultiHeadAttention): Dimensions must be equal, but are 4 and 6"),
        broken(
            ATTENTION,
            "no sequence",
            f -> f.remove("inputs/x"),
            "the input 'x' of MultiHeadAttention is missing"),
        broken(
            ATTENTION,
            "a matrix for a sequence",
            f -> f.put("inputs/x", new float[7][5]),
            "inputs/x has the shape [-1, 5], expected [B, L, D]"),
        broken(
            ATTENTION,
            "no head",
            f -> f.config("\"num_heads\": 1", "\"num_heads\": 0"),
            "(MultiHeadAttention): num_heads is 0, expected an integer of at least 1"),
        broken(
            ATTENTION,
            "keys of no width",
            f -> f.config("\"key_dim\": 3", "\"key_dim\": 0"),
            "(MultiHeadAttention): key_dim is 0, expected an integer of at least 1"),
        broken(
            ATTENTION,
            "unknown masking",
            f -> f.config("\"keras2\"", "\"keras4\""),
            "argument 'attention_masking': found \"keras4\", expected one of keras2, keras3"),
        broken(
            ATTENTION,
            "dropout of everything",
            f -> f.config("\"dropout\": 0.2", "\"dropout\": 1.0"),
            "(MultiHeadAttention): dropout is 1.0, expected a number of at least 0 and below 1"),
        broken(
            ATTENTION,
            "a sequence longer than its positions",
            f -> sequences(f, "PositionEncodingLayer", "{\"max_len\": 5}"),
            "(PositionEncodingLayer): the sequence has 6 steps, expected at most max_len 5"),
        broken(
            ATTENTION,
            "no position",
            f -> sequences(f, "PositionEncodingLayer", "{\"max_len\": 0}"),
            "(PositionEncodingLayer): max_len is 0, expected an integer of at least 1"),
        broken(
            ATTENTION,
            "positions of a matrix",
            f ->
                sequences(f, "PositionEncodingLayer", "{\"max_len\": 5}")
                    .put("inputs/x", new float[7][5]),
            "inputs/x has the shape [-1, 5], expected [B, L, D]"),
        broken(
            ATTENTION,
            "unknown first positions",
            f ->
                sequences(
                    f,
                    "PositionEncodingLayer",
                    "{\"max_len\": 6, \"initializer\": \"sinusodial\"}"),
            "(PositionEncodingLayer): initializer is \"sinusodial\", expected one of"
                + " glorot_uniform, sinusoidal"),
        broken(
            ATTENTION,
            "a task of no width",
            f -> sequences(f, "TaskEmbedding", "{\"output_dim\": 0}"),
            "(TaskEmbedding): output_dim is 0, expected an integer of at least 1"),
        broken(
            APG,
            "integers for the scene",
            f -> f.put("inputs/scene", new int[6][5]),
            "the input 'scene' of ApgLayer holds integers, expected floats"),
        broken(
            APG,
            "fewer scenes than rows",
            f -> f.put("inputs/scene", new float[5][5]),
            "the case cannot be computed ("),
        broken(
            APG,
            "divisor 0",
            f -> f.config("\"mf_k\": 3", "\"mf_k\": 0"),
            "(ApgLayer): mf_k is 0, expected an integer of at least 1"),
        broken(
            APG,
            "negative divisor",
            f -> f.config("\"mf_p\": 2", "\"mf_p\": -2"),
            "(ApgLayer): mf_p is -2, expected an integer of at least 1"),
        broken(
            APG,
            "output of no width",
            f -> f.config("\"output_dim\": 7", "\"output_dim\": 0"),
            "(ApgLayer): output_dim is 0, expected an integer of at least 1"),
        broken(
            APG,
            "slopes of two widths",
            f -> f.config("\"inner_activation\": null", "\"inner_activation\": \"prelu\""),
            "(ApgLayer): inner_activation is \"prelu\", expected another activation, since the"
                + " inner products have the widths [4, 3]"),
        broken(
            APG,
            "unknown activation",
            f -> f.config("\"activation\": \"relu\"", "\"activation\": \"leakyrelu\""),
            "(ApgLayer): the activation 'leakyrelu' is unknown; did you mean 'leaky_relu'?"),
        broken(
            UNIT,
            "no layer",
            f -> f.config("\"num_layer\": 3", "\"num_layer\": 0"),
            "(MetaUnit): num_layer is 0, expected an integer of at least 1"),
        broken(
            UNIT,
            "integers for the scenario",
            f -> f.put("inputs/scenario_views", new int[6][4]),
            "the input 'scenario_views' of MetaUnit holds integers, expected floats"),
        broken(
            UNIT,
            "another number of weights",
            f -> f.config("\"num_layer\": 3", "\"num_layer\": 2"),
            "the weights do not fit MetaUnit: missing [], surplus [bias_dense/2/"),
        broken(
            DNN,
            "no layer",
            f -> f.config("[9, 5, 3]", "[]"),
            "(Dnn): units is [], expected at least one width"),
        broken(
            DNN,
            "a layer of no width",
            f -> f.config("[9, 5, 3]", "[9, 0, 3]"),
            "(Dense): units is 0, expected an integer of at least 1"),
        broken(
            DNN,
            "a layer of negative width",
            f -> f.config("[9, 5, 3]", "[9, -5, 3]"),
            "(Dense): units is -5, expected an integer of at least 1"),
        broken(
            DNN,
            "dropout of everything",
            f -> f.config("\"dropout_rate\": 0.3", "\"dropout_rate\": 1.5"),
            "(Dropout): rate is 1.5, expected a number from 0 to 1"));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("brokenCases")
  void isOneLine(String golden, String what, Consumer<CaseEditor> change, String message) {
    Path file = CaseEditor.edit(CaseEditor.golden(golden), temp.resolve("broken.h5"), change);
    assertThatThrownBy(() -> check.run(file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(file.toString())
        .hasMessageContaining(message)
        .satisfies(e -> assertThat(e.getMessage().lines()).as("lines").hasSize(1));
  }

  @Test
  void anUnchangedCopyPasses() {
    for (String name : new String[] {ATTENTION, APG, UNIT, DNN}) {
      Path copy = CaseEditor.edit(CaseEditor.golden(name), temp.resolve(name + ".h5"), file -> {});
      assertThat(check.run(copy).passed()).as("the editor keeps %s as it is", name).isTrue();
    }
  }
}
