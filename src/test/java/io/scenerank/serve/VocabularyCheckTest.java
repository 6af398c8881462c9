package io.scenerank.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scenerank.config.InvalidInputException;
import io.scenerank.data.PackedRows;
import io.scenerank.export.SmallModel;
import io.scenerank.feature.FeatureColumn;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Tables are fused: an id outside its vocabulary must fail, never read a neighbour's row. */
class VocabularyCheckTest {
  private static final int ROWS = 3;

  private static SavedModelPredictor serving;
  private static SavedModelPredictor packed;

  @BeforeAll
  static void load() {
    serving = SavedModelPredictor.load(SmallModel.get().folder());
    packed = SavedModelPredictor.load(SmallModel.get().folder(), "packed", 0);
  }

  @AfterAll
  static void close() {
    serving.close();
    packed.close();
  }

  /** Position among a row's ids, row, wrong id, and what the message says. */
  static Stream<Arguments> wrongIds() {
    return Stream.of(
        Arguments.of(0, 0, -1, "feature 'user', row 0: id -1 is outside [0, 20)"),
        Arguments.of(0, 2, 20, "feature 'user', row 2: id 20 is outside [0, 20)"),
        Arguments.of(1, 1, 30, "feature 'history', row 1: id 30 is outside [0, 30)"),
        Arguments.of(
            3, 2, -2147483648, "feature 'history', row 2: id -2147483648 is outside [0, 30)"),
        Arguments.of(4, 1, 3, "feature 'scene', row 1: id 3 is outside [0, 3)"),
        Arguments.of(5, 0, 5, "feature 'größe', row 0: id 5 is outside [0, 5)"),
        Arguments.of(6, 2, 2147483647, "feature 'video', row 2: id 2147483647 is outside [0, 30)"));
  }

  @ParameterizedTest
  @MethodSource("wrongIds")
  void aWrongIdIsNamed(int position, int row, int id, String message) {
    int[][] ids = ids();
    ids[row][position] = id;
    String expected = SmallModel.get().folder() + ": " + message;
    assertThatThrownBy(() -> serving.predict(features(ids)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(expected);
    Features asPacked = Features.builder().ids("ids", ids).floats("dense", dense()).build();
    assertThatThrownBy(() -> packed.predict(asPacked))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(expected);
    assertThat(serving.predict(features(ids())).get("click"))
        .as("the model works after the error")
        .hasSize(ROWS);
  }

  @Test
  void ofSeveralWrongIdsTheFirstOfTheFirstRowIsNamed() {
    int[][] ids = ids();
    ids[2][0] = 99;
    ids[1][6] = 77;
    ids[1][4] = 55;
    assertThatThrownBy(() -> serving.predict(features(ids)))
        .hasMessageEndingWith("feature 'scene', row 1: id 55 is outside [0, 3)");
  }

  @Test
  void theLastIdOfEveryVocabularyIsGood() {
    int[][] ids = {{19, 29, 29, 29, 2, 4, 29}, {0, 0, 0, 0, 0, 0, 0}, {19, 29, 29, 29, 2, 4, 29}};
    float[] click = serving.predict(features(ids)).get("click");
    assertThat(click[0]).isBetween(0f, 1f).isNotEqualTo(click[1]);
  }

  @Test
  void anyRuntimeThatServesTheGraphGetsTheText() {
    int[] ids = Stream.of(ids()).flatMapToInt(java.util.Arrays::stream).toArray();
    ids[6] = 30;
    try (SavedModelBundle bundle = SavedModelBundle.load(SmallModel.get().folder().toString());
        TInt32 idTensor =
            TInt32.tensorOf(Shape.of(ROWS, ids.length / ROWS), DataBuffers.of(ids, true, false));
        TFloat32 denseTensor = TFloat32.tensorOf(Shape.of(ROWS, 3))) {
      SignatureDef signature = bundle.metaGraphDef().getSignatureDefOrThrow("packed");
      assertThatThrownBy(
              () ->
                  bundle
                      .session()
                      .runner()
                      .feed(signature.getInputsOrThrow("ids").getName(), idTensor)
                      .feed(signature.getInputsOrThrow("dense").getName(), denseTensor)
                      .fetch(signature.getOutputsOrThrow("like").getName())
                      .run())
          .hasMessageContaining("video")
          .hasMessageContaining(", row 0: id 30 is outside [0, 30)");
    }
  }

  private static int[][] ids() {
    PackedRows rows = SmallModel.rows(ROWS);
    int[][] ids = new int[ROWS][rows.layout().idWidth()];
    for (int row = 0; row < ROWS; row++) {
      rows.copyIds(row, 0, ids[row], 0, ids[row].length);
    }
    return ids;
  }

  private static float[][] dense() {
    return new float[][] {{0, 0, 0}, {1, 1, 1}, {2, 2, 2}};
  }

  /** Packed ids and zeros for floats, by feature. */
  private static Features features(int[][] ids) {
    Features.Builder features = Features.builder();
    int from = 0;
    for (FeatureColumn column : SmallModel.COLUMNS) {
      if (!column.isCategorical()) {
        features.floats(column.name(), new float[ids.length][column.width()]);
        continue;
      }
      int[][] values = new int[ids.length][];
      for (int row = 0; row < ids.length; row++) {
        values[row] = java.util.Arrays.copyOfRange(ids[row], from, from + column.width());
      }
      features.ids(column.name(), values);
      from += column.width();
    }
    return features.build();
  }
}
