package io.scenerank.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.Floats;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.Batch;
import io.scenerank.data.Batcher;
import io.scenerank.data.PackedRows;
import io.scenerank.export.NativeRanker;
import io.scenerank.export.SavedModelExporter;
import io.scenerank.export.SavedModelExporterTest;
import io.scenerank.export.SmallModel;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.model.ModelDefinition;
import io.scenerank.model.Models;
import io.scenerank.testing.SceneModels;
import io.scenerank.train.TrainingGraph;
import io.scenerank.variable.FloatTensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.VariableDef;

/** APG, M2M, MMoE and shared bottom as SavedModels. */
@Tag("slow")
class SceneModelsExportTest {
  private static final int ROWS = 16;
  private static final PackedRows DATA = SceneModels.rows(ROWS, 2);

  /** The scene feeds only the condition. */
  private static final ImmutableList<FeatureColumn> SCENE_ALONE =
      SceneModels.COLUMNS.stream()
          .map(
              column ->
                  column.name().equals("scene") ? column.withGroup(List.of("domain")) : column)
          .collect(ImmutableList.toImmutableList());

  private static final ImmutableMap<String, ModelDefinition<?>> MODELS =
      ImmutableMap.of(
          "apg",
              new ModelDefinition<>(
                  Models.APG,
                  SceneModels.small(Models.APG, "{dropout: 0.3, activation: leaky_relu}").params(),
                  SCENE_ALONE),
          "m2m",
              SceneModels.small(
                  Models.M2M, "{pos_emb_trainable: false, pos_initializer: sinusoidal}"),
          "mmoe",
              SceneModels.small(
                  Models.MMOE,
                  "{dropout_rate: 0.3, expert_dnn_units: [16, 8], task_tower_dnn_units: [8]}"),
          "shared_bottom", SceneModels.small(Models.SHARED_BOTTOM, "{linear_logits: true}"));

  @TempDir static Path temp;
  private static final Map<String, Exported> EXPORTED = new HashMap<>();

  /**
   * An exported model.
   *
   * @param scores the training graph's probabilities in the inference form, [task][row]
   */
  private record Exported(
      Path folder,
      float[][] scores,
      ImmutableMap<String, FloatTensor> weights,
      SavedModelPredictor predictor) {}

  @BeforeAll
  static void export() throws IOException {
    for (String name : MODELS.keySet()) {
      ModelDefinition<?> definition = MODELS.get(name);
      try (TrainingGraph graph = SmallModel.untrained(definition);
          Batcher batcher = Batcher.of(DATA).start();
          Batch batch = batcher.next()) {
        for (int step = 0; step < 5; step++) {
          graph.step(batch, step, 0.01f);
        }
        float[][] scores = new float[2][ROWS];
        graph.predict(batch, scores, 0);
        Path folder =
            new SavedModelExporter().export(definition, graph, temp.resolve(name), 1, false);
        EXPORTED.put(
            name,
            new Exported(
                folder,
                scores,
                graph.read(),
                SavedModelPredictor.load(folder, Signatures.SERVING_DEFAULT, 1)));
      }
    }
  }

  @AfterAll
  static void close() {
    EXPORTED.values().forEach(exported -> exported.predictor().close());
  }

  private static Scores predict(String model, PackedRows rows, int from, int count) {
    return EXPORTED.get(model).predictor().predict(SmallModel.features(rows, from, count));
  }

  @ParameterizedTest
  @ValueSource(strings = {"apg", "m2m", "mmoe", "shared_bottom"})
  void theReloadedModelGivesTheInferenceFormsProbabilitiesBitForBit(String model) {
    float[][] expected = EXPORTED.get(model).scores();
    Scores scores = predict(model, DATA, 0, ROWS);
    assertThat(scores.get("click")).as("click").containsExactly(expected[0]);
    assertThat(scores.get("like")).as("like").containsExactly(expected[1]);
    assertThat(Set.copyOf(Floats.asList(expected[0]))).as("the rows differ").hasSizeGreaterThan(8);
    assertThat(expected[0]).as("the tasks differ").isNotEqualTo(expected[1]);
  }

  @ParameterizedTest
  @ValueSource(strings = {"apg", "m2m", "mmoe", "shared_bottom"})
  void theNativeModelGivesTheSavedModelsBits(String model) {
    try (NativeRanker built =
        NativeRanker.of(MODELS.get(model), EXPORTED.get(model).weights(), 1)) {
      Scores scores = built.predict(SmallModel.features(DATA, 0, ROWS));
      Scores expected = predict(model, DATA, 0, ROWS);
      for (String task : SceneModels.TASKS) {
        assertThat(scores.get(task)).as(task).containsExactly(expected.get(task));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"apg", "m2m", "mmoe", "shared_bottom"})
  void aRowsScoreDoesNotDependOnTheRowsBesideIt(String model) {
    float[] together = predict(model, DATA, 0, ROWS).get("click");
    for (int row = 0; row < ROWS; row++) {
      // Matrices of other sizes take other kernels, which round differently.
      assertThat(predict(model, DATA, row, 1).get("click")[0])
          .as("row %s alone", row)
          .isCloseTo(together[row], within(1e-6f));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"apg", "m2m", "mmoe", "shared_bottom"})
  void anEmptyBatchHasNoScores(String model) {
    Scores scores = predict(model, DATA, 0, 0);
    assertThat(scores.get("click")).isEmpty();
    assertThat(scores.get("like")).isEmpty();
  }

  @ParameterizedTest(name = "{0}, {1}")
  @CsvSource({
    "apg,user,7",
    "apg,scene,3",
    "apg,history,11",
    "apg,item,11",
    "m2m,user,7",
    "m2m,scene,3",
    "m2m,history,11",
    "m2m,item,11",
    "mmoe,scene,3",
    "mmoe,history,11",
    "shared_bottom,scene,3",
    "shared_bottom,history,11"
  })
  void anIdOutsideItsVocabularyIsRefused(String model, String column, int size) {
    SavedModelPredictor predictor = EXPORTED.get(model).predictor();
    for (int id : new int[] {size, -1}) {
      int[][] ids = new int[3][column.equals("history") ? 3 : 1];
      ids[1][ids[1].length - 1] = id;
      Features features = with(column, ids);
      assertThatThrownBy(() -> predictor.predict(features))
          .isInstanceOf(InvalidInputException.class)
          .hasMessage(
              String.format(
                  "%s: feature '%s', row 1: id %d is outside [0, %d)",
                  EXPORTED.get(model).folder(), column, id, size));
      ids[1][ids[1].length - 1] = size - 1;
      assertThat(predictor.predict(with(column, ids)).get("click")).as("the last id").hasSize(3);
    }
  }

  /** Three rows of zeros except for one column. */
  private static Features with(String name, int[][] ids) {
    Features.Builder features = Features.builder();
    for (FeatureColumn column : SceneModels.COLUMNS) {
      if (!column.isCategorical()) {
        features.floats(column.name(), new float[3][column.width()]);
      } else {
        features.ids(column.name(), column.name().equals(name) ? ids : new int[3][column.width()]);
      }
    }
    return features.build();
  }

  // Contents of the folder

  private static List<String> variables(String model, String collection) throws IOException {
    MetaGraphDef meta = SavedModelExporterTest.metaGraph(EXPORTED.get(model).folder());
    return SavedModelExporterTest.variables(meta, collection).stream()
        .map(VariableDef::getVariableName)
        .map(name -> name.substring(0, name.indexOf(':')))
        .toList();
  }

  @Test
  void movingStatisticsAreExportedButNotAsTrainable() throws IOException {
    assertThat(EXPORTED.get("shared_bottom").weights().get("shared_bottom/bn_layers/0/moving_mean"))
        .satisfies(mean -> assertThat(mean.values()).as("they have moved").doesNotContain(0f));
    String[] moving = {
      "shared_bottom/bn_layers/0/moving_mean",
      "shared_bottom/bn_layers/0/moving_variance",
      "task_tower_click/bn_layers/0/moving_mean",
      "task_tower_click/bn_layers/0/moving_variance",
      "task_tower_like/bn_layers/0/moving_mean",
      "task_tower_like/bn_layers/0/moving_variance"
    };
    List<String> all = variables("shared_bottom", "variables");
    List<String> trainable = variables("shared_bottom", "trainable_variables");
    assertThat(all).contains(moving).contains("shared_bottom/bn_layers/0/gamma");
    assertThat(trainable)
        .doesNotContain(moving)
        .contains("shared_bottom/bn_layers/0/gamma", "shared_bottom/bn_layers/0/beta")
        .hasSize(all.size() - moving.length);
  }

  @Test
  void positionsThatAreNotTrainedAreNotListedAsTrainable() throws IOException {
    String positions = "position_encoding_layer/position_embeddings";
    assertThat(variables("m2m", "variables")).contains(positions);
    assertThat(variables("m2m", "trainable_variables"))
        .doesNotContain(positions)
        .hasSize(variables("m2m", "variables").size() - 1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"apg", "m2m", "mmoe", "shared_bottom"})
  void theAssetsDescribeTheModel(String model) {
    ConfigMapper mapper = new ConfigMapper();
    JsonNode tree =
        mapper.readTree(EXPORTED.get(model).folder().resolve("assets.extra/scenerank.json"));
    ModelDefinition<?> definition = MODELS.get(model);
    assertThat(tree.get("model").asText()).isEqualTo(model);
    assertThat(
            (Object)
                mapper.convert(tree.get("model_params"), definition.type().paramsType(), "test"))
        .isEqualTo(definition.params());
    assertThat(mapper.convert(tree.get("feature_columns"), FeatureColumn[].class, "test"))
        .containsExactlyElementsOf(definition.columns());
  }
}
