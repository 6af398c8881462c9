package io.scenerank.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import io.scenerank.model.ModelParams.Activation;
import io.scenerank.testing.SceneModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The parameters of APG, M2M, MMoE and shared bottom: defaults, keys, JSON and YAML. */
class ModelParamsTest {
  private final ConfigMapper mapper = new ConfigMapper();
  @TempDir Path folder;

  /** Every key with its default, as in docs/models.md and the reference implementation. */
  static Stream<Arguments> defaults() {
    return Stream.of(
        Arguments.of(
            Apg.TYPE,
            """
            task_names: [click, like]
            scene_group_name: domain
            apg_strategy: group
            apg_condition: []
            apg_dnn_units: [256, 128]
            activation: relu
            dropout: 0.2
            use_uv_shared: true
            use_mf_p: true
            mf_k: 4
            mf_p: 4
            generate_activation: none
            inner_activation: none
            l2_reg: 1.0e-5
            l2_on_apg: false
            linear_logits: false
            """),
        Arguments.of(
            M2m.TYPE,
            """
            task_names: [click, like]
            domain_group_name: domain
            num_experts: 4
            view_dim: 32
            scenario_dim: 16
            meta_unit_depth: 3
            meta_tower_depth: 3
            meta_unit_shared: true
            activation: leaky_relu
            dropout: 0.2
            l2_reg: 1.0e-5
            positon_agg_func: concat
            pos_emb_trainable: true
            pos_initializer: glorot_uniform
            sequence_pooling: mean
            linear_logits: true
            attention_softmax: false
            tower_residual: false
            attention_masking: keras2
            """),
        Arguments.of(
            Mmoe.TYPE,
            """
            task_names: [click, like]
            expert_nums: 4
            expert_dnn_units: [128, 64]
            gate_dnn_units: [128, 64]
            task_tower_dnn_units: [128, 64]
            dropout_rate: 0.1
            """),
        Arguments.of(
            SharedBottom.TYPE,
            """
            task_names: [click, like]
            bottom_groups: [dnn]
            bottom_dnn_units: [256, 128]
            bottom_out_active: true
            task_tower_dnn_units: [64]
            activation: relu
            dropout_rate: 0.1
            use_bn: false
            linear_logits: false
            """));
  }

  private JsonNode yaml(String text) throws IOException {
    return mapper.readTree(Files.writeString(folder.resolve("params.yaml"), text));
  }

  @ParameterizedTest
  @MethodSource("defaults")
  void defaultsAreTheChapters(ModelType<?> type, String expected) throws IOException {
    JsonNode tree = yaml(expected);
    ModelParams defaults = type.defaults(SceneModels.TASKS);
    assertThat(ImmutableList.copyOf(mapper.toTree(defaults).fieldNames()))
        .isEqualTo(ImmutableList.copyOf(tree.fieldNames()));
    assertThat((Object) mapper.convert(tree, type.paramsType(), "test")).isEqualTo(defaults);
  }

  /** No value but a flag's is the default. */
  static Stream<Arguments> others() {
    return Stream.of(
        Arguments.of(
            Apg.TYPE,
            """
            task_names: [like]
            scene_group_name: scenes
            apg_strategy: mix
            apg_condition: [user, item]
            apg_dnn_units: [8]
            activation: prelu
            dropout: 0.5
            use_uv_shared: false
            use_mf_p: false
            mf_k: 2
            mf_p: 3
            generate_activation: sigmoid
            inner_activation: tanh
            l2_reg: 0.25
            l2_on_apg: true
            linear_logits: true
            """),
        Arguments.of(
            M2m.TYPE,
            """
            task_names: [like]
            domain_group_name: scenes
            num_experts: 1
            view_dim: 2
            scenario_dim: 3
            meta_unit_depth: 4
            meta_tower_depth: 5
            meta_unit_shared: false
            activation: dice
            dropout: 0.5
            l2_reg: 0.25
            positon_agg_func: sum
            pos_emb_trainable: false
            pos_initializer: sinusoidal
            sequence_pooling: mean
            linear_logits: false
            attention_softmax: true
            tower_residual: true
            attention_masking: keras3
            """),
        Arguments.of(
            Mmoe.TYPE,
            """
            task_names: [like]
            expert_nums: 2
            expert_dnn_units: [3]
            gate_dnn_units: [4, 5]
            task_tower_dnn_units: [6]
            dropout_rate: 0.5
            """),
        Arguments.of(
            SharedBottom.TYPE,
            """
            task_names: [like]
            bottom_groups: [domain, dnn]
            bottom_dnn_units: [3]
            bottom_out_active: false
            task_tower_dnn_units: [4, 5]
            activation: leaky_relu
            dropout_rate: 0.5
            use_bn: true
            linear_logits: true
            """));
  }

  @ParameterizedTest
  @MethodSource("others")
  void whatIsWrittenIsReadBack(ModelType<?> type, String text) throws IOException {
    ModelParams params = mapper.convert(yaml(text), type.paramsType(), "test");
    assertThat(params).isNotEqualTo(type.defaults(ImmutableList.of("like")));
    assertThat(
            (Object)
                mapper.convert(
                    mapper.parse(mapper.toJson(params), "json"), type.paramsType(), "json"))
        .as("through JSON")
        .isEqualTo(params);
    String written = mapper.toYaml(params);
    assertThat((Object) mapper.convert(yaml(written), type.paramsType(), "yaml"))
        .as("through YAML")
        .isEqualTo(params);
    assertThat(written.lines().filter(line -> line.matches("[a-z_0-9]+: [a-z].*")).toList())
        .as("names and flags as they were given")
        .isEqualTo(text.lines().filter(line -> line.matches("[a-z_0-9]+: [a-z].*")).toList());
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "linear"})
  void noActivationHasTwoNames(String name) {
    ApgParams params = SceneModels.params(Apg.TYPE, "{activation: " + name + "}");
    assertThat(params.activation()).isEqualTo(Activation.LINEAR);
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, 1f, -0.1f, Float.POSITIVE_INFINITY})
  void dropoutLiesBelow1(float rate) {
    ImmutableList<Integer> units = ImmutableList.of(1);
    assertThatThrownBy(() -> new MmoeParams(SceneModels.TASKS, 1, units, units, units, rate))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("dropout_rate is " + rate + ", expected at least 0 and below 1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"scenario", "expert_0"})
  void aTaskOfM2mIsNotNamedAsALayer(String task) {
    assertThatThrownBy(() -> SceneModels.params(M2m.TYPE, "{task_names: [click, " + task + "]}"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            String.format(
                "model_params: task_names is [click, %s], expected no task named as a layer of the"
                    + " model, as '%s' is",
                task, task));
  }

  @Test
  void theRegistryHoldsAllModels() {
    assertThat(Models.standard().names())
        .containsExactly("pepnet", "apg", "m2m", "mmoe", "shared_bottom");
    for (ModelType<?> type : SceneModels.types()) {
      assertThat(Models.standard().get(type.name())).isSameAs(type);
    }
    assertThatThrownBy(() -> Models.standard().get("share_bottom"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("model 'share_bottom' is unknown; did you mean 'shared_bottom'?");
  }
}
