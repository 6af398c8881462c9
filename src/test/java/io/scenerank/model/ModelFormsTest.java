package io.scenerank.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.Floats;
import io.scenerank.data.Batch;
import io.scenerank.data.Batcher;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.testing.SceneModels;
import io.scenerank.testing.TestGraph;
import io.scenerank.variable.FloatTensor;
import io.scenerank.variable.WeightAccess;
import io.scenerank.variable.WeightStore;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Operand;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/** Training and inference form of APG, M2M, MMoE and shared bottom. */
@Tag("slow")
class ModelFormsTest {
  private static final int ROWS = 6;

  /** Both forms' logits of the clicks, of the same variables. */
  private record Forms(FloatTensor training, FloatTensor inference) {}

  private static Forms forms(ModelDefinition<?> definition) {
    try (TestGraph graph = new TestGraph();
        Batcher batcher = Batcher.of(SceneModels.rows(ROWS, 1)).start();
        Batch batch = batcher.next()) {
      PackedInputs inputs = ModelGraph.placeholders(graph.tf(), definition.layout());
      WeightStore store = graph.trainingStore(1);
      ModelGraph training = ModelGraph.build(definition, graph.tf(), store, inputs);
      ModelGraph inference = ModelGraph.build(definition, graph.tf(), store.inference(), inputs);
      assertThat(inference.store().weights())
          .as("variables of both forms")
          .containsExactlyElementsOf(store.weights());
      assertThat(training.logits().keySet()).containsExactlyElementsOf(SceneModels.TASKS);
      assignLarge(graph, store);
      Operand<TFloat32> dense = inputs.dense().orElseThrow();
      graph.set(inputs.ids().orElseThrow(), batch.ids());
      graph.set((Placeholder<TFloat32>) dense, batch.dense().orElseThrow());
      return new Forms(
          graph.run(training.logits().get("click")), graph.run(inference.logits().get("click")));
    }
  }

  /** First values are so small that M2M's generated weights would leave little of its input. */
  private static void assignLarge(TestGraph graph, WeightStore store) {
    Random random = new Random(1);
    Map<String, FloatTensor> values = new HashMap<>();
    store
        .parts()
        .forEach(
            (path, part) -> {
              float[] array = new float[Math.toIntExact(part.shape().size())];
              for (int i = 0; i < array.length; i++) {
                array[i] = random.nextFloat() - (path.endsWith("moving_variance") ? 0 : 0.5f);
              }
              values.put(path, new FloatTensor(part.shape(), array));
            });
    new WeightAccess(graph.tf(), store.weights()).assign(graph.session(), values);
  }

  /** Attention always drops in training, so M2M takes the history's mean alone. */
  private static ModelDefinition<M2mParams> withoutAttention() {
    ImmutableList<FeatureColumn> columns =
        SceneModels.COLUMNS.stream()
            .map(
                column ->
                    column.name().equals("history")
                        ? FeatureColumn.sequence("history", "item", 11, 4, 3, "dnn", "linear")
                        : column)
            .collect(ImmutableList.toImmutableList());
    return new ModelDefinition<>(M2m.TYPE, SceneModels.small(M2m.TYPE).params(), columns);
  }

  static Stream<Arguments> withoutDropout() {
    return Stream.of(
        Arguments.of("apg", SceneModels.small(Apg.TYPE)),
        Arguments.of("apg, mix", mix()),
        Arguments.of("apg, self", SceneModels.small(Apg.TYPE, "{apg_strategy: self}")),
        Arguments.of("apg, dice", SceneModels.small(Apg.TYPE, "{activation: dice}")),
        Arguments.of("m2m", withoutAttention()),
        Arguments.of("mmoe", SceneModels.small(Mmoe.TYPE)),
        Arguments.of("shared_bottom", SceneModels.small(SharedBottom.TYPE, "{use_bn: false}")));
  }

  private static ModelDefinition<?> mix() {
    return SceneModels.small(Apg.TYPE, "{apg_strategy: mix, apg_condition: [history, user]}");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("withoutDropout")
  void bothFormsAgreeWithoutDropout(String name, ModelDefinition<?> definition) {
    Forms forms = forms(definition);
    assertThat(forms.training().values()).isEqualTo(forms.inference().values());
    assertThat(Set.copyOf(Floats.asList(forms.inference().values())))
        .as("outputs that depend on the row")
        .hasSizeGreaterThan(1);
  }

  static Stream<Arguments> withDropout() {
    return Stream.of(
        Arguments.of("apg", SceneModels.small(Apg.TYPE, "{dropout: 0.5}")),
        Arguments.of("m2m, the attention's own", SceneModels.small(M2m.TYPE)),
        Arguments.of("mmoe", SceneModels.small(Mmoe.TYPE, "{dropout_rate: 0.5}")),
        Arguments.of(
            "shared_bottom",
            SceneModels.small(SharedBottom.TYPE, "{use_bn: false, dropout_rate: 0.5}")),
        Arguments.of("shared_bottom, batch norm", SceneModels.small(SharedBottom.TYPE)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("withDropout")
  void dropoutAndBatchMomentsActInTrainingAlone(String name, ModelDefinition<?> definition) {
    Forms forms = forms(definition);
    assertThat(forms.training().values()).isNotEqualTo(forms.inference().values());
  }

  // First values

  private static Map<String, FloatTensor> firstValues(ModelDefinition<?> definition, long seed) {
    try (TestGraph graph = new TestGraph()) {
      WeightStore store = graph.store(seed);
      ModelGraph.build(
          definition, graph.tf(), store, ModelGraph.placeholders(graph.tf(), definition.layout()));
      graph.initialize(store);
      Map<String, Operand<TFloat32>> values = new HashMap<>();
      store.weights().forEach(weight -> values.put(weight.path(), weight.value()));
      return graph.run(values);
    }
  }

  static Stream<ModelDefinition<?>> models() {
    return SceneModels.types().stream().map(SceneModels::small);
  }

  @ParameterizedTest
  @MethodSource("models")
  void oneSeedGivesTheSameFirstValues(ModelDefinition<?> definition) {
    Map<String, FloatTensor> first = firstValues(definition, 3);
    assertThat(firstValues(definition, 3)).usingRecursiveComparison().isEqualTo(first);
    Map<String, FloatTensor> other = firstValues(definition, 4);
    first.forEach(
        (path, value) -> {
          if (path.endsWith("kernel")
              || path.startsWith("fused/")
              || path.contains("shared_weight_")) {
            assertThat(other.get(path).values()).as(path).isNotEqualTo(value.values());
          }
        });
  }

  @Test
  void layersOfOneModelDrawFromSeedsOfTheirOwn() {
    Map<String, FloatTensor> values = firstValues(SceneModels.small(Mmoe.TYPE), 3);
    assertThat(values.get("expert_0/dense_layers/0/kernel").values())
        .isNotEqualTo(values.get("expert_1/dense_layers/0/kernel").values());
  }
}
