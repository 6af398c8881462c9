package io.scenerank.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.model.ModelDefinition;
import io.scenerank.model.Models;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class DefinitionReaderTest {
  private static final ConfigMapper MAPPER = new ConfigMapper();

  private final DefinitionReader reader = new DefinitionReader(Models.standard());

  static List<KerasGoldens.Golden> goldens() {
    return KerasGoldens.all();
  }

  static Stream<String> configs() {
    return KerasGoldens.configs().properties().stream().map(entry -> entry.getKey());
  }

  private ModelDefinition<?> read(JsonNode config) {
    return reader.read(FunctionalModel.parse(config, "f"), "f");
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void whatIsReadOfAModelBuildsItAgain(KerasGoldens.Golden golden) {
    FunctionalModel model = FunctionalModel.of(golden.definition(), golden.generation());
    ModelDefinition<?> read = reader.read(model, "f");
    assertThat(FunctionalModel.of(read, golden.generation())).isEqualTo(model);
    assertThat(read.type()).isEqualTo(golden.definition().type());
    assertThat(read.params().taskNames()).isEqualTo(golden.definition().params().taskNames());
    assertThat(withoutGroups(read)).isEqualTo(withoutGroups(golden.definition()));
  }

  private static ImmutableSet<FeatureColumn> withoutGroups(ModelDefinition<?> definition) {
    return definition.columns().stream()
        .map(column -> column.withGroup(List.of()))
        .collect(ImmutableSet.toImmutableSet());
  }

  @ParameterizedTest
  @MethodSource("configs")
  void aConfigThatKerasWroteIsReadToTheLastParameter(String name) {
    KerasGoldens.Golden golden =
        goldens().stream()
            .filter(one -> name.equals(one.name() + "-keras" + one.generation()))
            .findFirst()
            .orElseThrow();
    ModelDefinition<?> read = read(KerasGoldens.config(name));
    assertThat(read.params()).isEqualTo(golden.definition().params());
    assertThat(withoutGroups(read)).isEqualTo(withoutGroups(golden.definition()));
  }

  @Test
  void columnsKeepTheirGroups() {
    ModelDefinition<?> read = read(KerasGoldens.config("golden-pepnet-linear_logits-keras3"));
    ModelDefinition<?> given =
        goldens().stream()
            .filter(golden -> golden.name().equals("golden-pepnet-linear_logits"))
            .findFirst()
            .orElseThrow()
            .definition();
    for (FeatureColumn column : given.columns()) {
      assertThat(read.layout().column(column.name()).group())
          .as(column.name())
          .containsExactlyInAnyOrderElementsOf(column.group());
    }
  }

  @Test
  void attentionIsMaskedAsTheGenerationDoes() {
    assertThat(read(KerasGoldens.config("golden-m2m-keras2")).params().toString())
        .contains("attentionMasking=KERAS2");
    assertThat(read(KerasGoldens.config("golden-m2m-keras3")).params().toString())
        .contains("attentionMasking=KERAS3");
  }

  @Test
  void countersOfAnotherSessionDoNotMatter() {
    String text = KerasGoldens.config("golden-m2m-keras3").toString();
    assertThat(
            read(
                MAPPER.parse(
                    text.replaceAll("\"(flatten|concatenate)(_\\d+)?\"", "\"$19$2\""), "t")))
        .isEqualTo(read(MAPPER.parse(text, "t")));
  }

  /** The first layer of a class. */
  private static ObjectNode layer(JsonNode config, String className) {
    for (JsonNode layer : config.get("config").get("layers")) {
      if (layer.get("class_name").asText().equals(className)) {
        return (ObjectNode) layer;
      }
    }
    throw new AssertionError("no layer of the class " + className);
  }

  private void assertRefused(String name, Consumer<ObjectNode> damage, String message) {
    ObjectNode config = KerasGoldens.config(name);
    damage.accept(config);
    assertThatThrownBy(() -> read(config))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("f: ")
        .hasMessageContaining(message)
        .hasMessageNotContaining("\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          golden-pepnet-linear_logits-keras3|PpNet|activation|"glu"|layer 'dnn__ppnet' (PpNet): activation 'glu' is unknown
          golden-pepnet-linear_logits-keras2|PpNet|activation|"rellu"|did you mean 'relu'?
          golden-pepnet-linear_logits-keras3|EpNet|l2_reg|0.5|layer 'dnn__epnet' (EpNet) differs from the reference's pepnet has it: l2_reg is 0.5
          golden-pepnet-linear_logits-keras3|EpNet|dtype|"float16"|layer 'dnn__epnet' (EpNet): its dtype is float16, only float32
          golden-pepnet-linear_logits-keras3|EpNet|gamma|3|key 'gamma' is unknown
          golden-pepnet-linear_logits-keras3|PpNet|hidden_units|[0]|key 'hidden_units': found [0], expected 1 to 16777216
          golden-pepnet-linear_logits-keras3|PpNet|multiples|7|multiples is 7, expected 1
          golden-apg-keras3|Embedding|embeddings_initializer|{"class_name":"Ones","config":{}}|embeddings_initializer 'Ones' is unknown
          golden-apg-keras3|Embedding|mask_zero|true|mask_zero is true, expected false
          golden-apg-keras3|Embedding|input_dim|99999999999|expected at least 1
          golden-apg-keras3|ApgLayer|mf_k|1.5|key 'mf_k': found 1.5
          golden-apg-keras3|Dropout|rate|2|dropout is 2.0
          golden-m2m-keras3|MetaTower|num_layer|100000|key 'num_layer': found 100000, expected 1 to 1000
          golden-m2m-keras3|MultiHeadAttention|num_heads|2|num_heads is 2, expected 1
          golden-mmoe-keras3|Dnn|use_bn|true|use_bn is true, expected false
          golden-mmoe-keras3|Dnn|trainable|false|trainable is false, expected true
          """)
  void aConfigThatCannotBeHonouredNamesItsLayer(
      String name, String className, String key, String value, String message) {
    assertRefused(
        name,
        config ->
            ((ObjectNode) layer(config, className).get("config"))
                .set(key, MAPPER.parse(value, "t")),
        message);
  }

  @Test
  void anUnknownClassComesWithTheNearest() {
    assertRefused(
        "golden-pepnet-linear_logits-keras3",
        config -> layer(config, "EpNet").put("class_name", "EPNett"),
        "layer 'dnn__epnet': class 'EPNett' is unknown; did you mean 'EpNet'?");
  }

  @Test
  void anotherWiringNamesTheLayer() {
    assertRefused(
        "golden-mmoe-keras3",
        config -> {
          ArrayNode inputs = (ArrayNode) layer(config, "WeightedSum").at("/inbound_nodes/0/args/0");
          inputs.set(2, inputs.get(1));
        },
        "layer 'weighted_sum' (WeightedSum) differs from the reference's mmoe has it: it reads"
            + " layer 'expert_0' (Dnn), expected layer 'expert_1' (Dnn)");
  }

  @Test
  void anArgumentThatChangesACallNamesTheLayer() {
    assertRefused(
        "golden-m2m-keras3",
        config ->
            ((ObjectNode) layer(config, "MultiHeadAttention").at("/inbound_nodes/0/kwargs"))
                .put("use_causal_mask", true),
        "it is called with use_causal_mask true, expected no such argument");
  }

  @Test
  void contradictingOrdersNameTheColumns() {
    assertRefused(
        "golden-pepnet-linear_logits-keras3",
        config -> {
          ArrayNode sum = (ArrayNode) layer(config, "Add").at("/inbound_nodes/0/args/0");
          JsonNode first = sum.get(0);
          sum.set(0, sum.get(1));
          sum.set(1, first);
        },
        "have different orders in group 'dnn', the linear logits");
  }

  @Test
  void aModelOfOthersIsNoneOfOurs() {
    ObjectNode config = KerasGoldens.config("golden-mmoe-keras3");
    layer(config, "WeightedSum").put("class_name", "Add");
    for (JsonNode layer : config.at("/config/layers")) {
      if (layer.get("class_name").asText().equals("WeightedSum")) {
        ((ObjectNode) layer).put("class_name", "Add");
      }
    }
    assertThatThrownBy(() -> read(config))
        .hasMessage(
            "f: no layer identifies the model; expected one of pepnet, apg, m2m, mmoe,"
                + " shared_bottom");
  }

  @Test
  void aRegistryWithoutTheModelSaysSo() {
    DefinitionReader empty = new DefinitionReader(new Models(ImmutableList.of()));
    FunctionalModel model = FunctionalModel.of(goldens().get(0).definition(), 3);
    assertThatThrownBy(() -> empty.read(model, "f"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("f: model 'pepnet' is unknown");
  }
}
