package io.scenerank.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.testing.SceneModels;
import io.scenerank.testing.TestGraph;
import io.scenerank.variable.WeightStore;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The paths and shapes of all variables of APG, M2M, MMoE and shared bottom. */
class ModelVariablesTest {
  private static Map<String, String> shapes(ModelDefinition<?> definition) {
    try (TestGraph graph = new TestGraph()) {
      WeightStore store = graph.store(1);
      ModelGraph.build(
          definition, graph.tf(), store, ModelGraph.placeholders(graph.tf(), definition.layout()));
      Map<String, String> shapes = new LinkedHashMap<>();
      store.parts().forEach((path, part) -> shapes.put(path, part.shape().toString()));
      return shapes;
    }
  }

  /** Collects kernel and bias of the layer at a path. */
  private static final class Variables {
    private final ImmutableMap.Builder<String, String> shapes =
        ImmutableMap.<String, String>builder()
            .put("embedding/user/embeddings", "[7, 4]")
            .put("embedding/item/embeddings", "[11, 4]")
            .put("embedding/scene/embeddings", "[3, 2]");

    Variables put(String path, String shape) {
      shapes.put(path, shape);
      return this;
    }

    Variables dense(String path, int in, int out) {
      return put(path + "/kernel", "[" + in + ", " + out + "]")
          .put(path + "/bias", "[" + out + "]");
    }

    Variables shared(String layer, String product, int in, int out) {
      return put(layer + "/shared_weight_" + product, "[" + in + ", " + out + "]")
          .put(layer + "/shared_bias_" + product, "[" + out + "]");
    }

    Variables specific(String layer, String product, int z, int in, int out) {
      return dense(layer + "/specific_weight_" + product + "/dense_layers/0", z, in * out)
          .dense(layer + "/specific_bias_" + product + "/dense_layers/0", z, out);
    }

    Variables norm(String path, int units) {
      for (String name : new String[] {"gamma", "beta", "moving_mean", "moving_variance"}) {
        put(path + "/" + name, "[" + units + "]");
      }
      return this;
    }

    Variables unit(String path, int d) {
      for (int i = 0; i < 2; i++) {
        dense(path + "/weights_dense/" + i, 2, d * d).dense(path + "/bias_dense/" + i, 2, d);
      }
      return this;
    }

    Variables linear() {
      return put("linear/user/embeddings", "[7, 1]")
          .put("linear/item/embeddings", "[11, 1]")
          .dense("linear_dense", 3, 1);
    }

    Map<String, String> all() {
      return shapes.buildOrThrow();
    }
  }

  private static void assertVariables(ModelDefinition<?> definition, Variables expected) {
    assertThat(shapes(definition)).containsExactlyInAnyOrderEntriesOf(expected.all());
  }

  // APG: input 4 + 1 + 2 + 4 + 2 + 4 = 17, condition 2, k 3 and 2, p 2 and 2

  @Test
  void apg() {
    assertVariables(
        SceneModels.small(Apg.TYPE),
        new Variables()
            .shared("apg_layer_0", "np", 17, 2)
            .shared("apg_layer_0", "pk", 2, 3)
            .specific("apg_layer_0", "kk", 2, 3, 3)
            .shared("apg_layer_0", "kp", 3, 2)
            .shared("apg_layer_0", "pm", 2, 6)
            .shared("apg_layer_1", "np", 6, 2)
            .shared("apg_layer_1", "pk", 2, 2)
            .specific("apg_layer_1", "kk", 2, 2, 2)
            .shared("apg_layer_1", "kp", 2, 2)
            .shared("apg_layer_1", "pm", 2, 4)
            .put("task_click_logit/kernel", "[4, 1]")
            .put("task_like_logit/kernel", "[4, 1]"));
  }

  @Test
  void apgWithEverythingGeneratedAndLinearLogits() {
    assertVariables(
        SceneModels.small(
            Apg.TYPE,
            "{use_uv_shared: false, apg_dnn_units: [6], activation: prelu, linear_logits: true}"),
        new Variables()
            .specific("apg_layer_0", "nk", 2, 17, 3)
            .specific("apg_layer_0", "kk", 2, 3, 3)
            .specific("apg_layer_0", "km", 2, 3, 6)
            .put("apg_layer_0/activation/alpha", "[6]")
            .put("task_click_logit/kernel", "[6, 1]")
            .put("task_like_logit/kernel", "[6, 1]")
            .linear());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "apg_strategy: group | [2, 9] | [2, 4]",
        "apg_strategy: mix, apg_condition: [item, age] | [5, 9] | [5, 4]",
        "apg_strategy: self | [17, 9] | [6, 4]"
      })
  void whatApgGeneratesFrom(String strategy, String first, String second) {
    assertThat(shapes(SceneModels.small(Apg.TYPE, "{" + strategy + "}")))
        .containsEntry("apg_layer_0/specific_weight_kk/dense_layers/0/kernel", first)
        .containsEntry("apg_layer_1/specific_weight_kk/dense_layers/0/kernel", second);
  }

  // M2M: experts' input 17 + 8 of the sequence, scenario 2 + 4 of the user

  /** What all forms have: the history's encoder aside. */
  private static Variables m2mTasks(int expertInput) {
    Variables variables =
        new Variables()
            .dense("dnn/scenario_mlp/dense_layers/0", 6, 2)
            .dense("dnn/expert_0_mlp/dense_layers/0", expertInput, 3)
            .dense("dnn/expert_1_mlp/dense_layers/0", expertInput, 3)
            .linear();
    for (int i = 0; i < 2; i++) {
      String task = SceneModels.TASKS.get(i);
      variables
          .put("task_emb_" + i + "/emb/embeddings", "[1, 3]")
          .dense("dnn/" + task + "_mlp/dense_layers/0", 3, 3)
          .dense("dnn/meta_attention_" + task + "/dense", 6, 1)
          .put(task + "/tower_logit/dense_layer/kernel", "[3, 1]");
    }
    return variables;
  }

  private static Variables encoder(Variables variables, String suffix, int steps, int in) {
    String attention = "multi_head_attention" + suffix;
    for (String name : new String[] {"_query_dense", "_key_dense", "_value_dense"}) {
      variables
          .put(attention + "/" + name + "/kernel", "[" + in + ", 1, 16]")
          .put(attention + "/" + name + "/bias", "[1, 16]");
    }
    return variables
        .put("position_encoding_layer" + suffix + "/position_embeddings", "[" + steps + ", 4]")
        .put(attention + "/_output_dense/kernel", "[1, 16, " + in + "]")
        .put(attention + "/_output_dense/bias", "[" + in + "]");
  }

  @Test
  void m2mWithSharedUnits() {
    assertVariables(
        SceneModels.small(M2m.TYPE),
        encoder(m2mTasks(17 + 8), "", 3, 8)
            .unit("dnn/attention_shared_meta_unit", 6)
            .unit("dnn/tower_shared_meta_unit", 3));
  }

  @Test
  void m2mWithOwnUnits() {
    Variables expected = encoder(m2mTasks(17 + 8), "", 3, 8);
    for (String task : SceneModels.TASKS) {
      expected
          .unit("dnn/meta_attention_" + task + "/meta_unit", 6)
          .unit("dnn/meta_tower_" + task + "/layers/0", 3)
          .unit("dnn/meta_tower_" + task + "/layers/1", 3);
    }
    assertVariables(SceneModels.small(M2m.TYPE, "{meta_unit_shared: false}"), expected);
  }

  @Test
  void m2mOfTwoSequencesWithPositionsAdded() {
    ImmutableList<FeatureColumn> columns =
        ImmutableList.<FeatureColumn>builder()
            .addAll(SceneModels.COLUMNS)
            .add(
                SceneModels.column(
                    "{name: recent, emb_name: item, vocab_size: 11, type: varlen_sparse,"
                        + " max_len: 5, combiner: mha, mask_zero: false, group: [dnn]}"))
            .build();
    M2mParams params = SceneModels.small(M2m.TYPE, "{positon_agg_func: sum}").params();
    Variables expected = encoder(m2mTasks(17 + 4 + 4), "", 3, 4);
    assertVariables(
        new ModelDefinition<>(M2m.TYPE, params, columns),
        encoder(expected, "_1", 5, 4)
            .unit("dnn/attention_shared_meta_unit", 6)
            .unit("dnn/tower_shared_meta_unit", 3));
  }

  @Test
  void slopesOfM2m() {
    assertThat(shapes(SceneModels.small(M2m.TYPE, "{activation: prelu}")))
        .containsEntry("dnn/attention_shared_meta_unit/activation_list/1/alpha", "[2, 6]")
        .containsEntry("dnn/tower_shared_meta_unit/activation_list/1/alpha", "[1, 3]")
        .containsEntry("dnn/meta_tower_click/activation_list/0/alpha", "[3]")
        .containsEntry("dnn/meta_tower_like/activation_list/1/alpha", "[3]");
  }

  @Test
  void theScenarioOfM2mWithoutUserColumnsTakesTheExpertsInput() {
    ImmutableList<FeatureColumn> columns =
        SceneModels.COLUMNS.stream()
            .map(
                column ->
                    column.withGroup(
                        column.group().stream().filter(name -> !name.equals("user")).toList()))
            .collect(ImmutableList.toImmutableList());
    ModelDefinition<?> definition =
        new ModelDefinition<>(M2m.TYPE, SceneModels.small(M2m.TYPE).params(), columns);
    assertThat(shapes(definition))
        .containsEntry("dnn/scenario_mlp/dense_layers/0/kernel", "[" + (2 + 17) + ", 2]");
  }

  // MMoE and shared bottom

  @Test
  void mmoe() {
    Variables expected = new Variables();
    for (int i = 0; i < 2; i++) {
      String tower = "task_tower_" + SceneModels.TASKS.get(i) + "/dense_layers/";
      expected
          .dense("expert_" + i + "/dense_layers/0", 17, 5)
          .dense("expert_" + i + "/dense_layers/1", 5, 3)
          .dense("task_" + i + "_gates/dense_layers/0", 17, 4)
          .put("task_" + i + "_softmax/kernel", "[4, 2]")
          .dense(tower + 0, 3, 3)
          .dense(tower + 1, 3, 1);
    }
    assertVariables(SceneModels.small(Mmoe.TYPE), expected);
  }

  @Test
  void sharedBottom() {
    Variables expected =
        new Variables()
            .dense("shared_bottom/dense_layers/0", 17, 6)
            .norm("shared_bottom/bn_layers/0", 6)
            .dense("shared_bottom/dense_layers/1", 6, 4);
    for (String task : SceneModels.TASKS) {
      expected
          .dense("task_tower_" + task + "/dense_layers/0", 4, 3)
          .norm("task_tower_" + task + "/bn_layers/0", 3)
          .dense("task_tower_" + task + "/dense_layers/1", 3, 1);
    }
    assertVariables(SceneModels.small(SharedBottom.TYPE), expected);
    assertVariables(
        SceneModels.small(SharedBottom.TYPE, "{linear_logits: true}"), expected.linear());
  }

  @Test
  void slopesOfSharedBottom() {
    assertThat(shapes(SceneModels.small(SharedBottom.TYPE, "{activation: prelu, use_bn: false}")))
        .as("the bottom is active at its end, a tower is not")
        .containsEntry("shared_bottom/activation_layers/0/alpha", "[6]")
        .containsEntry("shared_bottom/activation_layers/1/alpha", "[4]")
        .containsEntry("task_tower_click/activation_layers/0/alpha", "[3]")
        .doesNotContainKey("task_tower_click/activation_layers/1/alpha");
  }
}
