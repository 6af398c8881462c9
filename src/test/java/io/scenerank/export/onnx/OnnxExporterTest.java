package io.scenerank.export.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OnnxModelMetadata;
import ai.onnxruntime.OrtException;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.Floats;
import io.scenerank.config.InvalidInputException;
import io.scenerank.export.NativeRanker;
import io.scenerank.export.SavedModelExporter.RestoredGraph;
import io.scenerank.export.onnx.OnnxExporter.Signature;
import io.scenerank.export.onnx.OnnxModels.Rows;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.Targets;
import io.scenerank.feature.Targets.Target;
import io.scenerank.feature.Targets.TaskType;
import io.scenerank.feature.Targets.Transform;
import io.scenerank.keras.KerasModel;
import io.scenerank.keras.KerasModels;
import io.scenerank.model.ModelDefinition;
import io.scenerank.model.ModelParams;
import io.scenerank.model.ModelType;
import io.scenerank.model.Models;
import io.scenerank.serve.Ranker;
import io.scenerank.testing.SceneModels;
import io.scenerank.testing.SmallModel;
import io.scenerank.variable.FloatTensor;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole models in ONNX Runtime give the scores of our own graph. */
@Tag("slow")
class OnnxExporterTest {
  private static final Path KERAS = Path.of("src/test/resources/keras");
  private static final int ROWS = 64;

  /** What the issue of a service is: far below what a metric or a blend of scores sees. */
  private static final double ABSOLUTE = 1e-6;

  private static final double RELATIVE = 1e-5;

  /** Scores this close are in no order: a few roundings. */
  private static final double TIE = 1e-6;

  static Stream<ModelDefinition<?>> models() {
    return Stream.of(
        SmallModel.definition(SmallModel.withDropout(0.2f)),
        SmallModel.definition(SmallModel.withLinearLogits()),
        SceneModels.small(Models.APG),
        SceneModels.small(Models.APG, "{use_uv_shared: false, linear_logits: true}"),
        SceneModels.small(Models.APG, "{apg_strategy: self, activation: leaky_relu}"),
        SceneModels.small(Models.M2M),
        SceneModels.small(
            Models.M2M,
            "{attention_masking: keras3, positon_agg_func: sum, activation: dice,"
                + " attention_softmax: true, tower_residual: true}"),
        SceneModels.small(Models.M2M, "{meta_unit_shared: false, pos_initializer: sinusoidal}"),
        SceneModels.small(Models.MMOE),
        SceneModels.small(Models.SHARED_BOTTOM),
        SceneModels.small(Models.SHARED_BOTTOM, "{linear_logits: true, activation: prelu}"),
        combined("mean"),
        combined("weighted_mean"),
        combined("sum"),
        combined("sqrtn"),
        combined("max"),
        SceneModels.small(Models.MMOE)
            .withTargets(
                new Targets(
                    // Of a count too: what a sample weight is.
                    ImmutableMap.of(
                        "click",
                        new Target(TaskType.REGRESSION, Transform.LOG1P, false, null),
                        "like",
                        Target.WEIGHT))));
  }

  /** A model whose sequence is combined in a way, with weights where it takes them. */
  private static ModelDefinition<?> combined(String combiner) {
    String weights = combiner.equals("weighted_mean") ? ", weights: strength" : "";
    ImmutableList<FeatureColumn> columns =
        ImmutableList.of(
            FeatureColumn.sparse("user", 7, 4, "dnn", "linear"),
            SceneModels.column(
                "{name: history, emb_name: item, vocab_size: 11, type: varlen_sparse, max_len: 3,"
                    + " combiner: '"
                    + combiner
                    + "'"
                    + weights
                    + ", group: [dnn, linear]}"),
            FeatureColumn.dense("strength", 3, "dnn"),
            FeatureColumn.sparse("item", 11, 4, "dnn", "linear"));
    return definition(
        Models.SHARED_BOTTOM, "{bottom_dnn_units: [6], task_tower_dnn_units: [3]}", columns);
  }

  private static <P extends ModelParams> ModelDefinition<P> definition(
      ModelType<P> type, String yaml, ImmutableList<FeatureColumn> columns) {
    return new ModelDefinition<>(type, SceneModels.params(type, yaml), columns);
  }

  @ParameterizedTest
  @MethodSource("models")
  void everyModelGivesItsScores(ModelDefinition<?> definition) throws OrtException {
    compare(definition, OnnxModels.weights(definition));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pepnet.keras",
        "apg.keras",
        "m2m.keras",
        "mmoe.keras",
        "shared_bottom.keras",
        "graphs/deepfm.keras",
        "graphs/recommenders.keras"
      })
  void importedModelsGiveTheirScores(String file) throws OrtException {
    KerasModel model = KerasModels.read(KERAS.resolve(file));
    compare(model.experiment().definition(), model.state().weights());
  }

  /** Logits from 0 to -18, where ONNX Runtime's own Sigmoid gives 0 in the end. */
  @Test
  void lowProbabilitiesKeepTheirDigitsAndTheirOrder() throws OrtException {
    ModelDefinition<?> definition = SmallModel.definition(SmallModel.withLinearLogits());
    Map<String, FloatTensor> weights = new HashMap<>(OnnxModels.weights(definition));
    String table =
        weights.keySet().stream()
            .filter(path -> path.startsWith("linear/") && path.endsWith("/embeddings"))
            .sorted()
            .findFirst()
            .orElseThrow();
    float[] falling = new float[weights.get(table).values().length];
    for (int i = 0; i < falling.length; i++) {
      falling[i] = -16f * i / (falling.length - 1);
    }
    weights.put(table, new FloatTensor(weights.get(table).shape(), falling));
    float[] scores = compare(definition, weights).get("click");
    assertThat(Floats.min(scores)).as("the least probability").isLessThan(1e-6f);
  }

  /** Compares both signatures with our graph, and gives the graph's scores. */
  private static Map<String, float[]> compare(
      ModelDefinition<?> definition, Map<String, FloatTensor> weights) throws OrtException {
    Rows rows = Rows.of(definition, ROWS);
    Map<String, float[]> expected = new HashMap<>();
    try (Ranker ranker = NativeRanker.of(definition, weights, 1)) {
      var scores = ranker.predict(rows.features());
      ranker.outputs().forEach(task -> expected.put(task, scores.get(task)));
    }
    try (RestoredGraph restored = RestoredGraph.of(definition, weights)) {
      for (Signature signature : Signature.values()) {
        OnnxExporter exporter = new OnnxExporter(signature);
        try (OnnxSession onnx =
            OnnxSession.of(exporter.convert(definition, restored).bytes().toByteArray())) {
          Map<String, float[]> found = onnx.run(rows.feeds(onnx, signature));
          assertThat(found.keySet()).isEqualTo(expected.keySet());
          expected.forEach((task, scores) -> compare(task, scores, found.get(task)));
        }
      }
    }
    return expected;
  }

  private static void compare(String task, float[] expected, float[] found) {
    assertThat(found).hasSameSizeAs(expected);
    for (int i = 0; i < expected.length; i++) {
      double difference = Math.abs((double) expected[i] - found[i]);
      double size = Math.abs(expected[i]);
      // Numbers and counts may be above 1.
      assertThat(difference)
          .as("%s of row %s: %s and %s", task, i, expected[i], found[i])
          .isLessThanOrEqualTo(ABSOLUTE * Math.max(1, size));
      if (size >= 1e-7 && size <= 1) {
        assertThat(difference / size)
            .as("%s of row %s: %s and %s", task, i, expected[i], found[i])
            .isLessThanOrEqualTo(RELATIVE);
      }
      for (int j = 0; j < i; j++) {
        if (Math.abs(expected[i] - expected[j]) > TIE * size) {
          assertThat(found[i] < found[j])
              .as("order of rows %s and %s", i, j)
              .isEqualTo(expected[i] < expected[j]);
        }
      }
    }
  }

  /** An id or value that is wrong at its position of the row, from 1. */
  @ParameterizedTest
  @MethodSource("wrongRows")
  void wrongValuesFailWithTheirPosition(String node, int position, float value)
      throws OrtException {
    ModelDefinition<?> definition =
        SceneModels.small(Models.SHARED_BOTTOM, "{bottom_dnn_units: [2], use_bn: false}");
    Rows rows = Rows.of(definition, 3);
    boolean ofId = node.startsWith("id");
    if (ofId) {
      rows.ids()[definition.layout().idWidth() + position - 1] = (int) value;
    } else {
      rows.dense()[definition.layout().denseWidth() + position - 1] = value;
    }
    for (Signature signature : Signature.values()) {
      try (OnnxSession onnx =
          OnnxSession.of(
              OnnxModels.convert(signature, definition, OnnxModels.weights(definition)))) {
        assertThatThrownBy(() -> onnx.run(rows.feeds(onnx, signature)))
            .isInstanceOf(OrtException.class)
            .hasMessageContaining("'" + node + "_idx_is_the_position_from_1'")
            .hasMessageContaining("idx=" + position + " ");
      }
    }
  }

  static Stream<Object[]> wrongRows() {
    return Stream.of(
        new Object[] {"id_outside_its_vocabulary", 1, -1},
        new Object[] {"id_outside_its_vocabulary", 2, 3},
        new Object[] {"id_outside_its_vocabulary", 6, Integer.MAX_VALUE},
        new Object[] {"dense_value_not_finite", 1, Float.NaN},
        new Object[] {"dense_value_not_finite", 3, Float.NEGATIVE_INFINITY});
  }

  @Test
  void aFileSaysWhatItIs() throws OrtException {
    ModelDefinition<?> definition = SceneModels.small(Models.MMOE);
    try (OnnxSession onnx =
        OnnxSession.of(
            OnnxModels.convert(Signature.PACKED, definition, OnnxModels.weights(definition)))) {
      assertThat(onnx.session().getInputNames()).containsExactly("ids", "dense");
      assertThat(onnx.session().getOutputNames()).containsExactlyInAnyOrder("click", "like");
      assertThat(onnx.session().getInputInfo().get("ids").getInfo().toString())
          .contains("INT32", "[-1, 6]");
      OnnxModelMetadata metadata = onnx.session().getMetadata();
      assertThat(metadata.getProducerName()).isEqualTo("scenerank");
      assertThat(metadata.getGraphName()).isEqualTo("mmoe");
      assertThat(metadata.getDescription()).contains("packed", "click, like", "[rows, 1]");
      assertThat(metadata.getCustomMetadata())
          .containsEntry("scenerank.model", "mmoe")
          .containsEntry("scenerank.signature", "packed")
          .containsKeys("scenerank.feature_columns", "scenerank.fingerprint");
      assertThat(metadata.getCustomMetadata().get("scenerank.tasks").replaceAll("\\s", ""))
          .isEqualTo("[\"click\",\"like\"]");
      assertThat(metadata.getCustomMetadata().get("scenerank.positions").replaceAll("\\s", ""))
          .contains("\"history\":{\"input\":\"ids\",\"from\":2,\"width\":3}");
    }
  }

  @Test
  void aModelOfTextsIsNamedWithWhatItNeeds() {
    KerasModel model = KerasModels.read(KERAS.resolve("graphs/texts.keras"));
    ModelDefinition<?> definition = model.experiment().definition();
    assertThat(Signature.standard(definition)).isEqualTo(Signature.NAMED);
    assertThatThrownBy(
            () -> OnnxModels.convert(Signature.PACKED, definition, model.state().weights()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "signature (--signature) is 'packed', but the model reads texts, which are not among"
                + " its ids; expected named");
    assertThatThrownBy(
            () -> OnnxModels.convert(Signature.NAMED, definition, model.state().weights()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageMatching("node '[^']+' \\(SparseCross\\) has no form in ONNX: there is none.*");
  }

  @Test
  void aFeatureAndATaskOfOneNameAreRefused() {
    ModelDefinition<?> definition =
        definition(
            Models.SHARED_BOTTOM,
            "{task_names: [user]}",
            ImmutableList.of(FeatureColumn.sparse("user", 7, 4, "dnn")));
    assertThatThrownBy(
            () -> OnnxModels.convert(Signature.NAMED, definition, OnnxModels.weights(definition)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("'user' is an input and an output of the model, which ONNX does not allow");
  }
}
