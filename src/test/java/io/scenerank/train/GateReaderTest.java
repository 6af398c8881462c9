package io.scenerank.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.Floats;
import io.scenerank.data.PackedRows;
import io.scenerank.model.ModelDefinition;
import io.scenerank.model.Models;
import io.scenerank.model.Observations.Gate;
import io.scenerank.testing.SceneModels;
import io.scenerank.testing.SmallModel;
import io.scenerank.variable.FloatTensor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the gates of the models do, on variables from which it follows. */
@Tag("slow")
class GateReaderTest {
  /** Float32 sums of a few numbers around 1. */
  private static final float ROUNDING = 1e-5f;

  private static final int ROWS = 40;

  private static TrainingGraph graph(ModelDefinition<?> definition) {
    return new TrainingGraph(
        definition, TrainingGraph.Options.of(TrainingConfig.defaults(), 3, Device.parse("cpu"), 1));
  }

  private static ImmutableList<TrainingGraph.GateValues> read(
      TrainingGraph graph, PackedRows rows) {
    return graph.gates(rows);
  }

  /** Replaces a variable's values by a row that is repeated. */
  private static void set(TrainingGraph graph, String path, float... row) {
    Map<String, FloatTensor> values = new HashMap<>(graph.read());
    FloatTensor old = values.get(path);
    assertThat(old).as(path + " of " + values.keySet()).isNotNull();
    float[] repeated = new float[old.values().length];
    for (int i = 0; i < repeated.length; i++) {
      repeated[i] = row[i % row.length];
    }
    values.put(path, new FloatTensor(old.shape(), repeated));
    graph.assign(values);
  }

  private static void assertAll(TrainingGraph.GateValues gate, int part, double expected) {
    for (int row = 0; row < ROWS; row++) {
      assertThat((double) gate.value(row, part))
          .as("%s, row %d, %s", gate.name(), row, gate.parts().get(part))
          .isCloseTo(expected, within((double) ROUNDING));
    }
  }

  private static double factor(double logit) {
    return 2 / (1 + Math.exp(-logit));
  }

  @Test
  void pepNetScalesColumnsAndTowers() {
    PackedRows rows = SmallModel.rows(ROWS, 1);
    try (TrainingGraph graph = graph(SmallModel.definition(SmallModel.params()))) {
      // Columns of dnn and their widths: user 4, age 1, history 4, vector 2, item 4.
      float[] bias = new float[15];
      for (int i = 0; i < bias.length; i++) {
        bias[i] = 0.1f * i;
      }
      set(graph, "dnn/epnet/gate_nu/dense_layers/1/kernel", 0);
      set(graph, "dnn/epnet/gate_nu/dense_layers/1/bias", bias);
      set(graph, "dnn/ppnet/gate_nu/0/dense_layers/1/kernel", 0);
      set(graph, "dnn/ppnet/gate_nu/0/dense_layers/1/bias", 1, 1, 1, 1, 1, -1, -1, -1, -1, -1);
      ImmutableList<TrainingGraph.GateValues> gates = read(graph, rows);

      assertThat(gates)
          .extracting(TrainingGraph.GateValues::name)
          .containsExactly("epnet", "ppnet/layer_0", "ppnet/layer_1");
      assertThat(gates).extracting(TrainingGraph.GateValues::kind).containsOnly(Gate.Kind.FACTOR);
      TrainingGraph.GateValues epNet = gates.get(0);
      assertThat(epNet.parts()).containsExactly("user", "age", "history", "vector", "item");
      int[] begins = {0, 4, 5, 9, 11, 15};
      for (int part = 0; part < 5; part++) {
        double mean =
            IntStream.range(begins[part], begins[part + 1])
                .mapToDouble(i -> factor(0.1 * i))
                .average()
                .orElseThrow();
        assertAll(epNet, part, mean);
      }
      assertThat(gates.get(1).parts()).isEqualTo(SmallModel.TASKS);
      assertAll(gates.get(1), 0, factor(1));
      assertAll(gates.get(1), 1, factor(-1));
    }
  }

  @Test
  void mmoeSharesItsExperts() {
    PackedRows rows = SceneModels.rows(ROWS, 1);
    try (TrainingGraph graph = graph(SceneModels.small(Models.MMOE))) {
      set(graph, "task_1_softmax/kernel", 0);
      ImmutableList<TrainingGraph.GateValues> gates = read(graph, rows);
      assertThat(gates)
          .extracting(TrainingGraph.GateValues::name)
          .containsExactly("experts/click", "experts/like");
      assertThat(gates).extracting(TrainingGraph.GateValues::kind).containsOnly(Gate.Kind.SHARE);
      assertThat(gates.get(0).parts()).containsExactly("expert 0", "expert 1");
      for (int row = 0; row < ROWS; row++) {
        assertThat(gates.get(0).value(row, 0) + gates.get(0).value(row, 1))
            .isCloseTo(1f, within(ROUNDING));
      }
      assertThat(Floats.asList(gates.get(0).part(0))).as("rows differ").doesNotContain(0.5f);
      assertAll(gates.get(1), 0, 0.5);
      assertAll(gates.get(1), 1, 0.5);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{meta_unit_shared: false}", "{activation: prelu}"})
  void m2mWeighsItsExperts(String params) {
    PackedRows rows = SceneModels.rows(ROWS, 1);
    try (TrainingGraph graph = graph(SceneModels.small(Models.M2M, params))) {
      assertThat(Floats.asList(read(graph, rows).get(1).part(1)))
          .as("rows differ")
          .doesNotHaveDuplicates();
      set(graph, "dnn/meta_attention_click/dense/kernel", 0);
      set(graph, "dnn/meta_attention_click/dense/bias", -0.75f);
      ImmutableList<TrainingGraph.GateValues> gates = read(graph, rows);
      assertThat(gates)
          .extracting(TrainingGraph.GateValues::name)
          .containsExactly("attention/click", "attention/like");
      assertThat(gates).extracting(TrainingGraph.GateValues::kind).containsOnly(Gate.Kind.WEIGHT);
      assertAll(gates.get(0), 0, -0.75);
      assertAll(gates.get(0), 1, -0.75);
    }
  }

  @Test
  void m2mWithSoftmaxSharesItsExperts() {
    try (TrainingGraph graph = graph(SceneModels.small(Models.M2M, "{attention_softmax: true}"))) {
      TrainingGraph.GateValues gate = read(graph, SceneModels.rows(ROWS, 1)).get(0);
      assertThat(gate.kind()).isEqualTo(Gate.Kind.SHARE);
      for (int row = 0; row < ROWS; row++) {
        assertThat(gate.value(row, 0) + gate.value(row, 1)).isCloseTo(1f, within(ROUNDING));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{}", "{apg_strategy: mix, apg_condition: [user, age]}", "{apg_strategy: self}"})
  void apgTellsHowLargeItsWeightsAre(String params) {
    PackedRows rows = SceneModels.rows(ROWS, 1);
    try (TrainingGraph graph = graph(SceneModels.small(Models.APG, params))) {
      set(graph, "apg_layer_0/specific_weight_kk/dense_layers/0/kernel", 0);
      set(graph, "apg_layer_0/specific_weight_kk/dense_layers/0/bias", 0.5f, -0.5f);
      set(graph, "apg_layer_0/specific_bias_kk/dense_layers/0/kernel", 0);
      set(graph, "apg_layer_0/specific_bias_kk/dense_layers/0/bias", 2);
      ImmutableList<TrainingGraph.GateValues> gates = read(graph, rows);
      assertThat(gates)
          .extracting(TrainingGraph.GateValues::name)
          .containsExactly("apg_layer_0", "apg_layer_1");
      assertThat(gates).extracting(TrainingGraph.GateValues::kind).containsOnly(Gate.Kind.SIZE);
      assertThat(gates.get(0).parts()).containsExactly("weight_kk", "bias_kk");
      assertAll(gates.get(0), 0, 0.5);
      assertAll(gates.get(0), 1, 2);
    }
  }

  @Test
  void apgOfTheSceneIsTheSameForAllRowsOfAScene() {
    PackedRows rows = SceneModels.rows(ROWS, 1);
    try (TrainingGraph graph = graph(SceneModels.small(Models.APG))) {
      TrainingGraph.GateValues gate = read(graph, rows).get(0);
      for (int scene = 0; scene < 3; scene++) {
        int id = scene;
        List<Float> ofScene =
            IntStream.range(0, ROWS)
                .filter(row -> rows.scenario(row) == id)
                .mapToObj(row -> gate.value(row, 0))
                .distinct()
                .toList();
        assertThat(ofScene).as("scene %d", scene).hasSize(1);
      }
      assertThat(Arrays.stream(new int[] {0, 1, 2, 3, 4, 5}).mapToObj(r -> gate.value(r, 0)))
          .as("and another of another scene")
          .doesNotContainNull()
          .anyMatch(value -> !value.equals(gate.value(0, 0)));
    }
  }

  @Test
  void aModelWithoutGatesHasNone() {
    try (TrainingGraph graph = graph(SceneModels.small(Models.SHARED_BOTTOM))) {
      assertThat(read(graph, SceneModels.rows(ROWS, 1))).isEmpty();
    }
  }
}
