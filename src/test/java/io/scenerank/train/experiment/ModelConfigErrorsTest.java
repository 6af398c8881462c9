package io.scenerank.train.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import io.scenerank.config.InvalidInputException;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.model.M2mParams;
import io.scenerank.model.M2mParams.PositionAggregation;
import io.scenerank.model.ModelDefinition;
import io.scenerank.model.ModelType;
import io.scenerank.model.Models;
import io.scenerank.testing.SceneModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Wrong parameters of APG, M2M, MMoE and shared bottom: one line, before any data is read. */
class ModelConfigErrorsTest {
  private static final String PARAMS = "configuration: model_params: ";

  private final ExperimentReader reader = new ExperimentReader(Models.standard());
  @TempDir Path folder;

  private Experiment read(String model, String... settings) {
    return read(Models.standard().get(model), Optional.empty(), settings);
  }

  private Experiment read(ModelType<?> type, Optional<Path> file, String... settings) {
    return reader.read(type, file, List.of(settings), SceneModels.schema());
  }

  private void assertInvalid(String message, String model, String... settings) {
    assertThatThrownBy(() -> read(model, settings))
        .as("%s with %s", model, List.of(settings))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"apg", "m2m", "mmoe", "shared_bottom"})
  void defaultsFitTheData(String model) {
    assertThat(read(model).definition().columns()).isEqualTo(SceneModels.COLUMNS);
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "apg | apg_dnn_units=[] | apg_dnn_units is [], expected one width or more, each above 0",
        "apg | apg_dnn_units=[8, 0]"
            + "| apg_dnn_units is [8, 0], expected one width or more, each above 0",
        "apg | apg_dnn_units=[-1]"
            + "| apg_dnn_units is [-1], expected one width or more, each above 0",
        "apg | dropout=1.0 | dropout is 1.0, expected at least 0 and below 1",
        "apg | mf_k=0 | mf_k is 0, expected at least 1",
        "apg | mf_k=-4 | mf_k is -4, expected at least 1",
        "apg | mf_p=0 | mf_p is 0, expected at least 1",
        "apg | l2_reg=-1 | l2_reg is -1.0, expected 0 or more",
        "apg | l2_reg=1e39 | l2_reg is Infinity, expected 0 or more",
        "apg | apg_strategy=mix| apg_condition is [], expected the columns from which apg_strategy"
            + " mix generates weights",
        "apg | apg_condition=[user]"
            + "| apg_condition is [user], but only apg_strategy mix reads it",
        "apg | apg_dnn_unit=[8] | unknown key 'apg_dnn_unit'; did you mean 'apg_dnn_units'?",
        "m2m | num_experts=0 | num_experts is 0, expected at least 1",
        "m2m | view_dim=0 | view_dim is 0, expected at least 1",
        "m2m | scenario_dim=-3 | scenario_dim is -3, expected at least 1",
        "m2m | meta_unit_depth=0 | meta_unit_depth is 0, expected at least 1",
        "m2m | meta_tower_depth=0 | meta_tower_depth is 0, expected at least 1",
        "m2m | dropout=1.0 | dropout is 1.0, expected at least 0 and below 1",
        "m2m | l2_reg=-0.5 | l2_reg is -0.5, expected 0 or more",
        "m2m | model_params.num_expert=3"
            + "| unknown key 'num_expert'; did you mean 'num_experts'?",
        "mmoe | expert_nums=0 | expert_nums is 0, expected at least 1",
        "mmoe | expert_dnn_units=[]"
            + "| expert_dnn_units is [], expected one width or more, each above 0",
        "mmoe | gate_dnn_units=[0]"
            + "| gate_dnn_units is [0], expected one width or more, each above 0",
        "mmoe | task_tower_dnn_units=[]"
            + "| task_tower_dnn_units is [], expected one width or more, each above 0",
        "mmoe | dropout_rate=1.0 | dropout_rate is 1.0, expected at least 0 and below 1",
        "mmoe | model_params.drop_rate=0.1 | unknown key 'drop_rate'; did you mean 'dropout_rate'?",
        "shared_bottom | bottom_dnn_units=[]"
            + "| bottom_dnn_units is [], expected one width or more, each above 0",
        "shared_bottom | task_tower_dnn_units=[4, 0]"
            + "| task_tower_dnn_units is [4, 0], expected one width or more, each above 0",
        "shared_bottom | dropout_rate=-0.1"
            + "| dropout_rate is -0.1, expected at least 0 and below 1",
        "shared_bottom | model_params.used_bn=true"
            + "| unknown key 'used_bn'; did you mean 'use_bn'?"
      })
  void valueOutOfRange(String model, String setting, String message) {
    String key = setting.substring(0, setting.indexOf('='));
    boolean known = !message.startsWith("unknown") || key.startsWith("model_params.");
    assertInvalid((known ? PARAMS : "setting (--set): ") + message, model, setting);
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "apg | activation=leakyrelu| found \"leakyrelu\", expected one of linear, relu, leaky_relu,"
            + " sigmoid, tanh, elu, selu, gelu, silu, mish, relu6, softplus, softsign, exponential,"
            + " prelu, dice; did you mean 'leaky_relu'?",
        "apg | generate_activation=softmax| found \"softmax\", expected one of linear, relu,"
            + " leaky_relu, sigmoid, tanh, elu, selu, gelu, silu, mish, relu6, softplus, softsign,"
            + " exponential, prelu, dice",
        "apg | inner_activation=PRELU| found \"PRELU\", expected one of linear, relu, leaky_relu,"
            + " sigmoid, tanh, elu, selu, gelu, silu, mish, relu6, softplus, softsign, exponential,"
            + " prelu, dice; did you mean 'prelu'?",
        "apg | apg_strategy=mixed"
            + "| found \"mixed\", expected one of group, mix, self; did you mean 'mix'?",
        "m2m | activation=relu7| found \"relu7\", expected one of linear, relu, leaky_relu,"
            + " sigmoid, tanh, elu, selu, gelu, silu, mish, relu6, softplus, softsign, exponential,"
            + " prelu, dice; did you mean 'relu'?",
        "m2m | positon_agg_func=mean | found \"mean\", expected one of concat, sum",
        "m2m | pos_initializer=sinusodial"
            + "| found \"sinusodial\", expected one of glorot_uniform, sinusoidal; did you mean"
            + " 'sinusoidal'?",
        "m2m | sequence_pooling=max | found \"max\", expected one of mean; did you mean 'mean'?",
        "m2m | attention_masking=keras"
            + "| found \"keras\", expected one of keras2, keras3; did you mean 'keras2'?",
        "shared_bottom | activation=rely| found \"rely\", expected one of linear, relu, leaky_relu,"
            + " sigmoid, tanh, elu, selu, gelu, silu, mish, relu6, softplus, softsign, exponential,"
            + " prelu, dice; did you mean 'relu'?",
        "m2m | activation= | found \"\", expected one of linear, relu, leaky_relu, sigmoid, tanh,"
            + " elu, selu, gelu, silu, mish, relu6, softplus, softsign, exponential, prelu, dice",
        "apg | apg_strategy=\"\" | found \"\", expected one of group, mix, self",
        "apg | activation=1| found 1, expected one of linear, relu, leaky_relu, sigmoid, tanh, elu,"
            + " selu, gelu, silu, mish, relu6, softplus, softsign, exponential, prelu, dice",
        "apg | apg_strategy=\"1\" | found \"1\", expected one of group, mix, self",
        "apg | activation=null | found null, expected a value",
        "apg | activation=true| found true, expected one of linear, relu, leaky_relu, sigmoid,"
            + " tanh, elu, selu, gelu, silu, mish, relu6, softplus, softsign, exponential, prelu,"
            + " dice",
        "apg | activation=[relu]| found [\"relu\"], expected one of linear, relu, leaky_relu,"
            + " sigmoid, tanh, elu, selu, gelu, silu, mish, relu6, softplus, softsign, exponential,"
            + " prelu, dice",
        "apg | scene_group_name=null | found null, expected a value",
        "apg | scene_group_name=[domain] | found [\"domain\"], expected a text",
        "apg | mf_k=two | found \"two\", expected a whole number",
        "apg | mf_k=2.5 | found 2.5, expected a whole number",
        "apg | mf_k= | found \"\", expected a whole number",
        "apg | apg_condition=user | found \"user\", expected a list",
        "apg | use_mf_p=\"no\" | found \"no\", expected true or false",
        "m2m | view_dim=null | found null, expected a value",
        "m2m | dropout= | found \"\", expected a number",
        "m2m | linear_logits=1 | found 1, expected true or false",
        "mmoe | expert_dnn_units=64 | found 64, expected a list",
        "mmoe | task_names=null | found null, expected a value"
      })
  void valueOfAnotherKind(String model, String setting, String message) {
    String key = setting.substring(0, setting.indexOf('='));
    assertInvalid(PARAMS + "key '" + key + "': " + message, model, setting);
  }

  @Test
  void emptyAndUnknownNames() {
    assertInvalid(
        "model 'apg': scene_group_name: no feature column is in the group ''",
        "apg",
        "scene_group_name=");
    assertInvalid(
        "model 'apg': scene_group_name: no feature column is in the group 'scenes'",
        "apg",
        "scene_group_name=scenes");
    assertInvalid(
        "model 'm2m': domain_group_name: no feature column is in the group 'scene'",
        "m2m",
        "domain_group_name=scene");
    assertInvalid(
        "model 'apg': apg_condition: feature column 'usr' is unknown; did you mean 'user'?",
        "apg",
        "apg_strategy=mix",
        "apg_condition=[item, usr]");
    assertInvalid(
        "model 'apg': apg_condition: feature column '' is unknown; known: age, history, item,"
            + " scene, user, vector",
        "apg",
        "apg_strategy=mix",
        "apg_condition=['']");
    assertInvalid(
        "task '' has no label in the data; known: click, like", "mmoe", "task_names=['']");
  }

  @Test
  void slopesOfTwoWidths() {
    assertInvalid(
        PARAMS
            + "inner_activation is prelu, whose slopes apply to all inner products, but mf_k is 4"
            + " and mf_p is 2; expected them to agree",
        "apg",
        "inner_activation=prelu",
        "mf_p=2");
    assertThat(read("apg", "inner_activation=prelu", "mf_p=2", "use_mf_p=false").definition())
        .as("without P there is one width")
        .isNotNull();
  }

  // Columns

  private static ImmutableList<FeatureColumn> without(String group) {
    return SceneModels.COLUMNS.stream()
        .map(
            column ->
                column.withGroup(
                    column.group().stream().filter(name -> !name.equals(group)).toList()))
        .collect(ImmutableList.toImmutableList());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "apg | domain | scene_group_name: no feature column is in the group 'domain'",
        "apg | dnn | no feature column is in the group 'dnn'",
        "m2m | domain | domain_group_name: no feature column is in the group 'domain'",
        "m2m | dnn | no feature column is in the group 'dnn'",
        "m2m | linear | linear_logits is true but no feature column is in the group 'linear'",
        "mmoe | mmoe | no feature column is in the group 'mmoe'",
        "shared_bottom | dnn | no feature column is in the group 'dnn'"
      })
  void groupWithoutColumns(String model, String group, String message) {
    ModelType<?> type = Models.standard().get(model);
    assertThatThrownBy(() -> define(type, without(group)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("model '" + model + "': " + message);
  }

  private static <P extends io.scenerank.model.ModelParams> void define(
      ModelType<P> type, ImmutableList<FeatureColumn> columns) {
    new ModelDefinition<>(type, type.defaults(SceneModels.TASKS), columns);
  }

  @Test
  void groupThatM2mCanDoWithout() {
    assertThat(Models.M2M.defaults(SceneModels.TASKS).inputs().optionalGroups())
        .containsExactly("user");
    define(Models.M2M, without("user"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"apg", "shared_bottom"})
  void linearLogitsWithoutALinearColumn(String model) throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("model.yaml"),
            """
            model_params: {linear_logits: true}
            feature_columns:
              - {name: user, vocab_size: 7, group: [dnn]}
              - {name: scene, vocab_size: 3, group: [domain]}
            """);
    assertThatThrownBy(() -> read(Models.standard().get(model), Optional.of(file)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "model '"
                + model
                + "': linear_logits is true but no feature column is in the group 'linear'");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{name: user, vocab_size: 7, combiner: mha}"
            + "| feature column 'user': combiner 'mha' needs a varlen_sparse column",
        "{name: age, type: dense, combiner: 'mean,mha'}"
            + "| feature column 'age': combiner 'mha' needs a varlen_sparse column",
        "{name: h, vocab_size: 7, type: varlen_sparse, combiner: mhaa}"
            + "| feature column 'h': combiner 'mhaa' is unknown; did you mean 'mha'?"
      })
  void attentionOfWhatIsNoSequence(String column, String message) throws IOException {
    Path file =
        Files.writeString(folder.resolve("model.yaml"), "feature_columns: [" + column + "]\n");
    assertThatThrownBy(() -> read(Models.M2M, Optional.of(file)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(file + ": feature_columns: " + message);
  }

  @Test
  void conditionOfASequenceThatIsNoEmbeddingARow() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("model.yaml"),
            """
            model_params: {apg_strategy: mix, apg_condition: [history]}
            feature_columns:
              - {name: user, vocab_size: 7, group: [dnn]}
              - {name: history, vocab_size: 7, type: varlen_sparse, max_len: 3, combiner: mha}
            """);
    assertThatThrownBy(() -> read(Models.standard().get("apg"), Optional.of(file)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "model 'apg': apg_condition: feature column 'history' is a sequence that no combiner"
                + " pools, expected one embedding for each row");
  }

  // The two names of a key

  private static PositionAggregation aggregation(Experiment experiment) {
    return ((M2mParams) experiment.definition().params()).positonAggFunc();
  }

  @ParameterizedTest
  @ValueSource(strings = {"positon_agg_func", "position_agg_func"})
  void bothSpellingsOfTheAggregation(String key) throws IOException {
    assertThat(aggregation(read("m2m", key + "=sum"))).isEqualTo(PositionAggregation.SUM);
    Path file =
        Files.writeString(folder.resolve("model.yaml"), "model_params: {" + key + ": sum}\n");
    assertThat(aggregation(read(Models.M2M, Optional.of(file)))).isEqualTo(PositionAggregation.SUM);
    assertThat(aggregation(read(Models.M2M, Optional.of(file), key + "=concat")))
        .as("a setting over the file's value")
        .isEqualTo(PositionAggregation.CONCAT);
  }

  @Test
  void bothSpellingsAtOnce() throws IOException {
    assertInvalid(
        PARAMS + "'position_agg_func' and 'positon_agg_func' are two names of one key",
        "m2m",
        "positon_agg_func=sum",
        "position_agg_func=sum");
    Path file =
        Files.writeString(
            folder.resolve("model.yaml"),
            "model_params: {positon_agg_func: sum, position_agg_func: sum}\n");
    assertThatThrownBy(() -> read(Models.M2M, Optional.of(file)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            file
                + ": model_params: 'position_agg_func' and 'positon_agg_func' are two names of one"
                + " key");
  }

  @Test
  void aWrongValueUnderTheOtherSpellingNamesAKey() {
    assertThatThrownBy(() -> read("m2m", "position_agg_func=mean"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(PARAMS + "key 'positon_agg_func': found \"mean\", expected one of concat, sum");
  }
}
