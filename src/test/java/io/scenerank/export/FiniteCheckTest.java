package io.scenerank.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.PackedRows;
import io.scenerank.feature.Vocabulary;
import io.scenerank.serve.CandidateRanker;
import io.scenerank.serve.Features;
import io.scenerank.serve.SavedModelPredictor;
import io.scenerank.serve.Signatures;
import io.scenerank.train.TrainingGraph;
import io.scenerank.variable.FloatTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.types.TFloat32;

/** A dense value or a score that is NaN or infinite is an error that names its feature and row. */
@Tag("slow")
class FiniteCheckTest {
  /** Few rows go through one form of the graph, many through another. */
  private static final ImmutableList<Integer> ROWS = ImmutableList.of(2, 9);

  @TempDir static Path temp;

  private static Path folder;

  @BeforeAll
  static void export() throws IOException {
    Vocabulary users = Vocabulary.texts("user").add("anna", 1).build();
    try (TrainingGraph graph = SmallModel.untrained(SmallModel.definition())) {
      folder =
          new SavedModelExporter(ImmutableList.of(users))
              .export(SmallModel.definition(), graph, temp, 1, false);
    }
  }

  /** Feature, number of rows, row and place of a value, and how Java and TensorFlow write it. */
  static Stream<Arguments> wrongValues() {
    return ROWS.stream()
        .flatMap(
            rows ->
                Stream.of(
                    Arguments.of("age", rows, 0, 0, Float.NaN, "nan"),
                    Arguments.of("age", rows, 1, 0, Float.POSITIVE_INFINITY, "inf"),
                    Arguments.of("vector", rows, 0, 1, Float.NEGATIVE_INFINITY, "-inf"),
                    Arguments.of("vector", rows, rows - 1, 1, Float.NaN, "nan")));
  }

  private static ImmutableMap<String, float[][]> dense(
      String feature, int rows, int row, int place, float value) {
    ImmutableMap<String, float[][]> dense =
        ImmutableMap.of("age", new float[rows][1], "vector", new float[rows][2]);
    dense.get(feature)[row][place] = value;
    return dense;
  }

  @ParameterizedTest
  @MethodSource("wrongValues")
  void everySignatureNamesIt(
      String feature, int rows, int row, int place, float value, String written) {
    Map<String, float[][]> dense = dense(feature, rows, row, place, value);
    String expected = ": feature '" + feature + "', row " + row + ": found %s, expected a finite";
    Features.Builder byId = ids(rows).ids("user", new int[rows]);
    dense.forEach(byId::floats);
    assertRefused("serving_default", byId.build(), String.format(expected, value));
    Features.Builder byName = ids(rows).strings("user", names(rows));
    dense.forEach(byName::floats);
    assertRefused("raw", byName.build(), String.format(expected, written));
    float[][] together = new float[rows][];
    for (int i = 0; i < rows; i++) {
      float[] vector = dense.get("vector")[i];
      together[i] = new float[] {dense.get("age")[i][0], vector[0], vector[1]};
    }
    Features packed =
        Features.builder().ids("ids", new int[rows][7]).floats("dense", together).build();
    assertRefused("packed", packed, String.format(expected, written));
  }

  private static void assertRefused(String signature, Features features, String message) {
    try (SavedModelPredictor predictor = SavedModelPredictor.load(folder, signature, 1)) {
      assertThatThrownBy(() -> predictor.predict(features))
          .as(signature)
          .isInstanceOf(InvalidInputException.class)
          .hasMessage(folder + message + " float");
    }
  }

  /** Every feature but the user and the dense ones. */
  private static Features.Builder ids(int rows) {
    return Features.builder()
        .ids("history", new int[rows][3])
        .ids("scene", new int[rows])
        .ids("größe", new int[rows])
        .ids("video", new int[rows]);
  }

  private static String[] names(int rows) {
    String[] names = new String[rows];
    Arrays.fill(names, "anna");
    return names;
  }

  @Test
  void largeFloatsAreScored() {
    try (SavedModelPredictor predictor = SavedModelPredictor.load(folder)) {
      for (int rows : ROWS) {
        Features.Builder features = ids(rows).ids("user", new int[rows]);
        dense("age", rows, 1, 0, 1e4f).forEach(features::floats);
        assertThat(predictor.predict(features.build()).get("click")).hasSize(rows);
      }
    }
  }

  @Test
  void aModelBuiltInJavaNamesIt() {
    try (NativeRanker ranker =
        NativeRanker.of(SmallModel.definition(), SmallModel.get().weights(), 1)) {
      Features.Builder features = ids(1).ids("user", 0);
      dense("vector", 1, 0, 1, Float.NaN).forEach(features::floats);
      assertThatThrownBy(() -> ranker.predict(features.build()))
          .isInstanceOf(InvalidInputException.class)
          .hasMessage("pepnet: feature 'vector', row 0: found NaN, expected a finite float");
    }
  }

  @Test
  void theRankerOfCandidatesNamesTheSide() {
    try (CandidateRanker ranker =
        CandidateRanker.load(folder, Set.of("user", "age", "scene", "history"), 1)) {
      assertUnranked(
          ranker, Float.NaN, 0, ": user: feature 'age', row 0: found NaN, expected a finite float");
      assertUnranked(
          ranker,
          0,
          Float.NEGATIVE_INFINITY,
          ": candidates: feature 'vector', row 1: found -Infinity, expected a finite float");
    }
  }

  private static void assertUnranked(
      CandidateRanker ranker, float age, float second, String message) {
    Features user =
        Features.builder()
            .ids("user", 1)
            .floats("age", age)
            .ids("scene", 1)
            .ids("history", new int[1][3])
            .build();
    Features candidates =
        Features.builder()
            .ids("größe", 1, 2)
            .ids("video", 1, 2)
            .floats("vector", new float[][] {{0, 0}, {second, 0}})
            .build();
    assertThatThrownBy(() -> ranker.rank(user, candidates))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(folder + message);
  }

  // Scores

  @Test
  void aScoreOfAWeightThatIsNotFiniteIsNamed() {
    Map<String, FloatTensor> weights = new LinkedHashMap<>(SmallModel.get().weights());
    String name = "embedding/user/embeddings";
    FloatTensor users = weights.get(name);
    float[] values = users.values().clone();
    values[4 * 3] = Float.NaN;
    weights.put(name, new FloatTensor(users.shape(), values));
    PackedRows rows = SmallModel.rows(8);
    try (NativeRanker ranker = NativeRanker.of(SmallModel.definition(), weights, 1)) {
      assertThat(ranker.predict(SmallModel.features(rows, 0, 3)).get("click")).hasSize(3);
      assertThatThrownBy(() -> ranker.predict(SmallModel.features(rows, 0, 8)))
          .isInstanceOf(InvalidInputException.class)
          .hasMessage(
              "pepnet: output 'click', row 3: found NaN, expected a finite score; a weight of the"
                  + " model is not finite, or a dense value of the row is too large");
    }
  }

  // A model of another library

  @Test
  void anotherModelMayMeanSomethingByNan() throws IOException {
    float[] values = {Float.NaN, 1, Float.POSITIVE_INFINITY};
    try (SavedModelPredictor model = SavedModelPredictor.load(echo(temp.resolve("echo")))) {
      assertThat(model.predict(Features.builder().floats("x", values).build()).get("y"))
          .containsExactly(values);
    }
  }

  private static Path echo(Path target) throws IOException {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat32> x = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 1)));
      SignatureDef signature =
          SignatureDef.newBuilder()
              .putInputs("x", GraphNames.info(x))
              .putOutputs("y", GraphNames.info(tf.identity(x)))
              .build();
      MetaGraphDef meta =
          MetaGraphDef.newBuilder()
              .setMetaInfoDef(MetaGraphDef.MetaInfoDef.newBuilder().addTags("serve"))
              .setGraphDef(graph.toGraphDef())
              .putSignatureDef(Signatures.SERVING_DEFAULT, signature)
              .build();
      Files.createDirectories(target);
      Files.write(
          target.resolve("saved_model.pb"),
          SavedModel.newBuilder()
              .setSavedModelSchemaVersion(1)
              .addMetaGraphs(meta)
              .build()
              .toByteArray());
      return target;
    }
  }
}
