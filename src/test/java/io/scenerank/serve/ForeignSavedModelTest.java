package io.scenerank.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.scenerank.config.InvalidInputException;
import io.scenerank.testing.ForeignModels;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.ndarray.Shape;

/**
 * SavedModels of other libraries, with any types and shapes, give the same values in Java as in
 * Python.
 */
class ForeignSavedModelTest {
  /** Another kind of CPU differs in the last bits of a float32. */
  private static final float ROUNDING = 1e-6f;

  private static ForeignModels models;

  @BeforeAll
  static void read() throws IOException {
    models = new ForeignModels();
  }

  private static SavedModelPredictor load(String model) {
    return SavedModelPredictor.load(ForeignModels.folder(model), "serving_default", 1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"types", "shapes", "ragged", "examples", "assets", "lookups", "half", "dynamic"})
  void itGivesWhatPythonGives(String model) {
    try (SavedModelPredictor predictor = load(model)) {
      Scores scores = predictor.predict(models.features(model).build());
      Map<String, ForeignModels.Values> expected = models.outputs(model);
      assertThat(scores.names()).containsExactlyInAnyOrderElementsOf(expected.keySet());
      expected.forEach((name, values) -> assertSame(scores, name, values));
    }
  }

  private static void assertSame(Scores scores, String name, ForeignModels.Values expected) {
    if (expected.dtype().equals("complex64")) {
      return;
    }
    assertThat(scores.shape(name)).as(name).isEqualTo(Shape.of(expected.shape()));
    switch (expected.dtype()) {
      case "bool" ->
          assertThat(scores.bools(name)).containsExactly(expected.values().toArray(new Boolean[0]));
      case "string" ->
          assertThat(scores.bytes(name)).isDeepEqualTo(expected.values().toArray(new byte[0][]));
      case "float64" -> {
        double[] doubles = scores.doubles(name);
        for (int i = 0; i < doubles.length; i++) {
          assertThat(doubles[i]).as(name).isEqualTo(expected.values().get(i));
        }
      }
      default -> {
        if (expected.dtype().contains("int")) {
          assertThat(scores.longs(name)).as(name).containsExactly(expected.longs());
        } else {
          // A float16 has ten bits, so that one in the last place is 2^-11 below 1.
          float tolerance = expected.dtype().equals("float16") ? 0x1p-11f : ROUNDING;
          assertThat(scores.get(name))
              .as(name)
              .containsExactly(expected.floats(), within(tolerance));
        }
      }
    }
  }

  @Test
  void anOutputIsReadByItsOwnTypeAlone() {
    try (SavedModelPredictor predictor = load("types")) {
      Scores scores = predictor.predict(models.features("types").build());
      assertThat(scores.get("y_uint8")).containsExactly(0, 255, 85);
      assertThat(scores.doubles("y_float16"))
          .containsExactly(0.0999755859375, -2.69921875, 0x1p-23);
      assertFails(
          () -> scores.get("y_bool"),
          "output 'y_bool' holds truth values, expected numbers; read it with bools");
      assertFails(
          () -> scores.get("y_string"),
          "output 'y_string' holds texts, expected numbers; read it with strings or bytes");
      assertFails(
          () -> scores.get("y_int64"),
          "output 'y_int64', value 1: found 9223372036854775807, expected an integer that is a"
              + " float; read it with longs");
      assertFails(
          () -> scores.longs("y_float32"),
          "output 'y_float32' holds floats, expected integers; read it with get or doubles");
      assertFails(
          () -> scores.doubles("y_int8"),
          "output 'y_int8' holds integers, expected floats; read it with longs");
      assertFails(
          () -> scores.bools("y_int8"), "output 'y_int8' holds numbers, expected truth values");
      assertFails(() -> scores.longs(null), "output 'null' is unknown; known: " + known(scores));
    }
  }

  private static String known(Scores scores) {
    return String.join(", ", scores.names());
  }

  private static void assertFails(ThrowingCallable call, String message) {
    assertThatThrownBy(call).isInstanceOf(InvalidInputException.class).hasMessage(message);
  }

  @Test
  void anOutputThatCannotBeReadSpoilsNoOther() {
    try (SavedModelPredictor predictor = load("shapes")) {
      Scores scores = predictor.predict(models.features("shapes").build());
      assertThat(scores.get("is_click")).hasSize(3);
      assertThat(scores.shape("cube")).isEqualTo(Shape.of(3, 2, 3));
      assertThat(scores.shape("mean")).isEqualTo(Shape.scalar());
      assertFails(
          () -> scores.get("phase"), "output 'phase' is DT_COMPLEX64, which cannot be read");
      assertThat(predictor.outputSpecs().get("phase").isRead()).isFalse();
      assertThat(new RowScorer(predictor, 2).outputs())
          .as("one number a row, as far as the signature says")
          .containsExactly("anything", "flat", "is_click");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "x_int8,128,'[-128, 127]'",
    "x_uint8,-1,'[0, 255]'",
    "x_int16,-32769,'[-32768, 32767]'",
    "x_uint16,65536,'[0, 65535]'",
    "x_uint32,4294967296,'[0, 4294967295]'",
    "x_uint64,-1,'[0, 9223372036854775807]'"
  })
  void aValueOutsideTheTypeIsNamedByItsRow(String input, long value, String range) {
    try (SavedModelPredictor predictor = load("types")) {
      Features features = models.features("types", input).longs(input, 1, value, 2).build();
      assertFails(
          () -> predictor.predict(features),
          String.format(
              "%s: feature '%s', row 1: found %d, expected a value in %s",
              ForeignModels.folder("types"), input, value, range));
    }
  }

  @Test
  void aFloatBeyondFloat16IsNamedByItsRow() {
    try (SavedModelPredictor predictor = load("types")) {
      assertFails(
          () ->
              predictor.predict(
                  models.features("types", "x_float16").floats("x_float16", 1, 2, -65520).build()),
          ForeignModels.folder("types")
              + ": feature 'x_float16', row 2: found -65520.0, expected a value in [-65504.0,"
              + " 65504.0]");
    }
  }

  @Test
  void theWidthOfAnInputOfAnyShape() {
    try (SavedModelPredictor predictor = load("shapes")) {
      assertThat(predictor.inputs().get("temperature").width()).isEqualTo(1);
      assertThat(predictor.inputs().get("temperature").isScalar()).isTrue();
      assertThat(predictor.inputs().get("user_id").width()).isEqualTo(1);
      assertThat(predictor.inputs().get("image").width()).isEqualTo(6);
      assertThat(predictor.inputs().get("anything").width()).isEqualTo(-1);
    }
  }

  @Test
  void theBuilderHasAMethodForEveryShape() {
    try (SavedModelPredictor predictor = load("shapes")) {
      Features features =
          Features.builder()
              .longs("user_id", 3, -1, 2)
              .scalar("temperature", 2.5f)
              .floats("image", new float[][][] {image(0), image(6), image(12)})
              .values("anything", new float[] {.25f, .5f, .75f}, 3)
              .build();
      Scores scores = predictor.predict(features);
      models.outputs("shapes").forEach((name, values) -> assertSame(scores, name, values));
    }
    try (SavedModelPredictor predictor = load("ragged")) {
      long[][] rows = {{1}, {}, {2, 3, 40}};
      Features features = Features.builder().ragged("hist", "hist_1", rows).build();
      assertThat(predictor.predict(features).get("total")).containsExactly(1, 0, 45);
    }
    try (SavedModelPredictor predictor = load("examples")) {
      byte[][] examples = models.inputs("examples").get("examples").values().toArray(new byte[0][]);
      Features features = Features.builder().bytes("examples", examples).build();
      assertSame(
          predictor.predict(features), "is_click", models.outputs("examples").get("is_click"));
    }
  }

  private static float[][] image(int first) {
    return new float[][] {{first, first + 1, first + 2}, {first + 3, first + 4, first + 5}};
  }

  @Test
  void aWrongShapeIsNamed() {
    String where = ForeignModels.folder("shapes").toString();
    try (SavedModelPredictor predictor = load("shapes")) {
      assertFails(
          () ->
              predictor.predict(
                  models.features("shapes", "temperature").floats("temperature", 1, 2).build()),
          where + ": feature 'temperature' has the shape [2, 1], expected []");
      assertFails(
          () ->
              predictor.predict(
                  models.features("shapes", "image").floats("image", new float[3][2][2]).build()),
          where + ": feature 'image' has the shape [3, 2, 2], expected [-1, 2, 3]");
      assertFails(
          () ->
              predictor.predict(models.features("shapes", "user_id").scalar("user_id", 7L).build()),
          where + ": feature 'user_id' has the shape [], expected [-1]");
    }
  }

  @Test
  void aVocabularyAmongTheAssetsIsReadAndAnotherSignatureCalled() {
    try (SavedModelPredictor predictor =
        SavedModelPredictor.load(ForeignModels.folder("assets"), "ids", 1)) {
      Features features = Features.builder().strings("city", "paris", "rome", "köln").build();
      assertThat(predictor.predict(features).longs("id")).containsExactly(2, -1, 1);
      byte[] bytes = "köln".getBytes(StandardCharsets.UTF_8);
      assertThat(predictor.predict(Features.builder().bytes("city", bytes).build()).longs("id"))
          .containsExactly(1);
    }
  }

  @Test
  void aHistoryOfAnyLength() {
    try (SavedModelPredictor predictor = load("dynamic")) {
      float[] padded = predictor.predict(models.features("dynamic").build()).get("is_click");
      Features shorter =
          Features.builder().ids("user_id", 2).ids("hist", new int[][] {{8}}).build();
      assertThat(predictor.predict(shorter).get("is_click"))
          .as("a masked mean: zeros add nothing")
          .containsExactly(new float[] {padded[1]}, within(ROUNDING));
    }
  }
}
