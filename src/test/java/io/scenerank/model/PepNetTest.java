package io.scenerank.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import com.google.common.primitives.Floats;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.Batch;
import io.scenerank.data.Batcher;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.model.ModelParams.Activation;
import io.scenerank.testing.SmallModel;
import io.scenerank.testing.TestGraph;
import io.scenerank.variable.FloatTensor;
import io.scenerank.variable.WeightStore;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

class PepNetTest {
  private final ConfigMapper mapper = new ConfigMapper();

  // Parameters

  private PepNetParams read(String overrides) {
    return mapper.merge(
        PepNetParams.defaults(SmallModel.TASKS),
        PepNetParams.class,
        mapper.parse(overrides.replace('\'', '"'), "text"),
        "model_params");
  }

  @Test
  void defaultsAreTheChapters() {
    assertThat(read("{}"))
        .isEqualTo(
            new PepNetParams(
                SmallModel.TASKS, ImmutableList.of(128, 64), Activation.RELU, 0.1f, 1e-5f, false));
  }

  @Test
  void keysAreThePythonModels() {
    assertThat(
            ImmutableList.copyOf(
                mapper.toTree(PepNetParams.defaults(SmallModel.TASKS)).fieldNames()))
        .containsExactly(
            "task_names",
            "pepnet_dnn_units",
            "pepnet_activation",
            "pepnet_dropout",
            "l2_reg",
            "linear_logits");
    assertThat(
            read(
                "{'task_names': ['like'], 'pepnet_dnn_units': [8], 'pepnet_activation':"
                    + " 'leaky_relu', 'pepnet_dropout': 0.5, 'l2_reg': 0.25, 'linear_logits':"
                    + " true}"))
        .isEqualTo(
            new PepNetParams(
                ImmutableList.of("like"),
                ImmutableList.of(8),
                Activation.LEAKY_RELU,
                0.5f,
                0.25f,
                true));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"pepnet_dnn_units\": []}"
            + "| pepnet_dnn_units is [], expected one width or more, each above 0",
        "{\"pepnet_dnn_units\": [4, 0]}"
            + "| pepnet_dnn_units is [4, 0], expected one width or more, each above 0",
        "{\"pepnet_dropout\": 1} | pepnet_dropout is 1.0, expected at least 0 and below 1",
        "{\"pepnet_dropout\": -0.1} | pepnet_dropout is -0.1, expected at least 0 and below 1",
        "{\"l2_reg\": -1} | l2_reg is -1.0, expected 0 or more",
        "{\"pepnet_drop\": 0.1} | unknown key 'pepnet_drop'; did you mean 'pepnet_dropout'?"
      })
  void parametersOutOfRange(String overrides, String message) {
    assertThatThrownBy(() -> read(overrides))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("model_params: " + message);
  }

  @Test
  void unknownActivationListsTheKnownOnes() {
    assertThatThrownBy(() -> read("{'pepnet_activation': 'rellu'}"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("model_params: key 'pepnet_activation'")
        .hasMessageContaining("rellu")
        .hasMessageContaining("leaky_relu");
  }

  // Definition

  @Test
  void unknownModelHasANeighbour() {
    Models models = Models.standard();
    assertThat(models.names()).contains("pepnet");
    assertThatThrownBy(() -> models.get("pepnett"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("model 'pepnett' is unknown; did you mean 'pepnet'?");
  }

  @ParameterizedTest
  @CsvSource({"dnn", "epnet", "pepnet"})
  void everyGroupNeedsAColumn(String group) {
    ImmutableList<FeatureColumn> columns =
        SmallModel.COLUMNS.stream()
            .map(
                column ->
                    column.withGroup(
                        column.group().stream().filter(name -> !name.equals(group)).toList()))
            .collect(ImmutableList.toImmutableList());
    assertThatThrownBy(() -> new ModelDefinition<>(PepNet.TYPE, SmallModel.params(), columns))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("model 'pepnet': no feature column is in the group '" + group + "'");
  }

  @Test
  void sequenceForAttentionFillsNoGroup() {
    FeatureColumn sequence =
        mapper.convert(
            mapper.parse(
                "{\"name\": \"h\", \"vocab_size\": 5, \"type\": \"varlen_sparse\", \"max_len\": 3,"
                    + " \"combiner\": \"mha\", \"group\": [\"dnn\"]}",
                "test"),
            FeatureColumn.class,
            "test");
    ImmutableList<FeatureColumn> columns =
        ImmutableList.of(
            sequence,
            FeatureColumn.sparse("scene", 3, 2, "epnet"),
            FeatureColumn.sparse("user", 7, 4, "pepnet"));
    assertThatThrownBy(() -> new ModelDefinition<>(PepNet.TYPE, SmallModel.params(), columns))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("model 'pepnet': no feature column is in the group 'dnn'");
  }

  @Test
  void tasksAreNamedOnce() {
    assertThatThrownBy(() -> SmallModel.definition(read("{'task_names': []}")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("model_params.task_names is empty");
    assertThatThrownBy(() -> SmallModel.definition(read("{'task_names': ['like', 'like']}")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("model_params.task_names: a task occurs twice in [like, like]");
  }

  @Test
  void linearLogitsNeedALinearColumn() {
    ImmutableList<FeatureColumn> columns =
        SmallModel.COLUMNS.stream()
            .map(
                column ->
                    column.withGroup(
                        column.group().stream().filter(name -> !name.equals("linear")).toList()))
            .collect(ImmutableList.toImmutableList());
    assertThatThrownBy(
            () -> new ModelDefinition<>(PepNet.TYPE, SmallModel.withLinearLogits(), columns))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "model 'pepnet': linear_logits is true but no feature column is in the group 'linear'");
  }

  // Variables

  private static ModelGraph build(
      TestGraph graph, ModelDefinition<?> definition, WeightStore store) {
    return ModelGraph.build(
        definition, graph.tf(), store, ModelGraph.placeholders(graph.tf(), definition.layout()));
  }

  private static Map<String, String> shapes(ModelDefinition<?> definition) {
    try (TestGraph graph = new TestGraph()) {
      WeightStore store = graph.store(1);
      build(graph, definition, store);
      Map<String, String> shapes = new LinkedHashMap<>();
      store.parts().forEach((path, part) -> shapes.put(path, part.shape().toString()));
      return shapes;
    }
  }

  private static final ImmutableMap<String, String> TABLES =
      ImmutableMap.of(
          "embedding/user/embeddings", "[7, 4]",
          "embedding/item/embeddings", "[11, 4]",
          "embedding/scene/embeddings", "[3, 2]");

  /** E = 4 + 1 + 4 + 2 + 4 = 15, domain 2, persona 8, two towers [5, 3]. */
  private static final ImmutableMap<String, String> LAYERS =
      ImmutableMap.<String, String>builder()
          .put("dnn/epnet/gate_nu/dense_layers/0/kernel", "[17, 15]")
          .put("dnn/epnet/gate_nu/dense_layers/0/bias", "[15]")
          .put("dnn/epnet/gate_nu/dense_layers/1/kernel", "[15, 15]")
          .put("dnn/epnet/gate_nu/dense_layers/1/bias", "[15]")
          .put("dnn/ppnet/dense_layers/0/0/kernel", "[15, 5]")
          .put("dnn/ppnet/dense_layers/0/0/bias", "[5]")
          .put("dnn/ppnet/dense_layers/0/1/kernel", "[5, 3]")
          .put("dnn/ppnet/dense_layers/0/1/bias", "[3]")
          .put("dnn/ppnet/dense_layers/1/0/kernel", "[15, 5]")
          .put("dnn/ppnet/dense_layers/1/0/bias", "[5]")
          .put("dnn/ppnet/dense_layers/1/1/kernel", "[5, 3]")
          .put("dnn/ppnet/dense_layers/1/1/bias", "[3]")
          .put("dnn/ppnet/gate_nu/0/dense_layers/0/kernel", "[23, 10]")
          .put("dnn/ppnet/gate_nu/0/dense_layers/0/bias", "[10]")
          .put("dnn/ppnet/gate_nu/0/dense_layers/1/kernel", "[10, 10]")
          .put("dnn/ppnet/gate_nu/0/dense_layers/1/bias", "[10]")
          .put("dnn/ppnet/gate_nu/1/dense_layers/0/kernel", "[23, 6]")
          .put("dnn/ppnet/gate_nu/1/dense_layers/0/bias", "[6]")
          .put("dnn/ppnet/gate_nu/1/dense_layers/1/kernel", "[6, 6]")
          .put("dnn/ppnet/gate_nu/1/dense_layers/1/bias", "[6]")
          .buildOrThrow();

  @Test
  void variablesAreThePythonModels() {
    assertThat(shapes(SmallModel.definition(SmallModel.params())))
        .containsExactlyInAnyOrderEntriesOf(
            ImmutableMap.<String, String>builder()
                .putAll(TABLES)
                .putAll(LAYERS)
                .put("click/dense_layer/kernel", "[3, 1]")
                .put("like/dense_layer/kernel", "[3, 1]")
                .buildOrThrow());
  }

  @Test
  void variablesWithLinearLogits() {
    assertThat(shapes(SmallModel.definition(SmallModel.withLinearLogits())))
        .containsExactlyInAnyOrderEntriesOf(
            ImmutableMap.<String, String>builder()
                .putAll(TABLES)
                .putAll(LAYERS)
                .put("linear/user/embeddings", "[7, 1]")
                .put("linear/item/embeddings", "[11, 1]")
                .put("linear_dense/kernel", "[3, 1]")
                .put("linear_dense/bias", "[1]")
                .put("task_click_logit/kernel", "[3, 1]")
                .put("task_like_logit/kernel", "[3, 1]")
                .buildOrThrow());
  }

  // Forms

  private static Map<String, FloatTensor> outputs(
      TestGraph graph, ImmutableMap<String, Operand<TFloat32>> outputs) {
    return Maps.toMap(outputs.keySet(), task -> graph.run(outputs.get(task)));
  }

  /** Outputs of the training and of the inference form on the same variables. */
  private static List<Map<String, FloatTensor>> bothForms(PepNetParams params) {
    ModelDefinition<PepNetParams> definition = SmallModel.definition(params);
    try (TestGraph graph = new TestGraph();
        Batcher batcher = Batcher.of(SmallModel.rows(6, 1)).start();
        Batch batch = batcher.next()) {
      PackedInputs inputs = ModelGraph.placeholders(graph.tf(), definition.layout());
      WeightStore store = graph.trainingStore(1);
      ModelGraph training = ModelGraph.build(definition, graph.tf(), store, inputs);
      ModelGraph inference = ModelGraph.build(definition, graph.tf(), store.inference(), inputs);
      graph.initialize(store);
      graph.set(inputs.ids().orElseThrow(), batch.ids());
      graph.set(inputs.dense().orElseThrow(), batch.dense().orElseThrow());
      List<Map<String, FloatTensor>> forms = new ArrayList<>();
      forms.add(outputs(graph, training.probabilities()));
      forms.add(outputs(graph, inference.probabilities()));
      return forms;
    }
  }

  @Test
  void trainingAndInferenceFormAgreeWithoutDropout() {
    for (PepNetParams params : List.of(SmallModel.params(), SmallModel.withLinearLogits())) {
      List<Map<String, FloatTensor>> forms = bothForms(params);
      assertThat(forms.get(0).keySet()).containsExactly("click", "like");
      assertThat(forms.get(0)).usingRecursiveComparison().isEqualTo(forms.get(1));
      assertThat(forms.get(0).get("click").values())
          .as("outputs that depend on the row")
          .hasSize(6)
          .satisfies(values -> assertThat(Set.copyOf(Floats.asList(values))).hasSizeGreaterThan(1));
    }
  }

  @Test
  void dropoutActsInTheTrainingFormAlone() {
    List<Map<String, FloatTensor>> dropped = bothForms(SmallModel.withDropout(0.5f));
    List<Map<String, FloatTensor>> plain = bothForms(SmallModel.params());
    assertThat(dropped.get(1)).usingRecursiveComparison().isEqualTo(plain.get(1));
    assertThat(dropped.get(0).get("click").values())
        .isNotEqualTo(plain.get(0).get("click").values());
  }
}
