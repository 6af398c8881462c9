package io.scenerank.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.model.ModelDefinition;
import io.scenerank.model.ModelParams;
import io.scenerank.model.ModelParams.ModelInputs;
import io.scenerank.model.ModelType;
import io.scenerank.model.Models;
import io.scenerank.testing.SceneModels;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class FunctionalModelTest {
  private static final ConfigMapper MAPPER = new ConfigMapper();

  private record OwnParams(ImmutableList<String> taskNames) implements ModelParams {
    @Override
    public ModelInputs inputs() {
      return ModelInputs.groups("dnn");
    }
  }

  static List<KerasGoldens.Golden> goldens() {
    return KerasGoldens.all();
  }

  static Stream<String> configs() {
    return KerasGoldens.configs().properties().stream().map(entry -> entry.getKey());
  }

  private static KerasGoldens.Golden goldenOf(String config) {
    return goldens().stream()
        .filter(golden -> config.equals(golden.name() + "-keras" + golden.generation()))
        .findFirst()
        .orElseThrow();
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void layersStandInKerasOrderUnderKerasNames(KerasGoldens.Golden golden) {
    FunctionalModel model = FunctionalModel.of(golden.definition(), golden.generation());
    assertThat(model.layers())
        .extracting(layer -> layer.name() + " " + layer.className())
        .containsExactlyElementsOf(golden.layers());
  }

  @ParameterizedTest
  @MethodSource("configs")
  void aConfigOfKerasIsReadAsTheModelThatIsBuiltHere(String name) {
    KerasGoldens.Golden golden = goldenOf(name);
    FunctionalModel read = FunctionalModel.parse(KerasGoldens.config(name), name);
    FunctionalModel built = FunctionalModel.of(golden.definition(), golden.generation());
    assertThat(read.generation()).isEqualTo(golden.generation());
    assertThat(read.name()).isEqualTo(built.name());
    assertThat(read.inputs().entrySet()).containsExactlyElementsOf(built.inputs().entrySet());
    assertThat(read.outputs().entrySet()).containsExactlyElementsOf(built.outputs().entrySet());
    assertThat(read.layers())
        .extracting(layer -> layer.path() + calls(layer))
        .containsExactlyElementsOf(
            built.layers().stream().map(layer -> layer.path() + calls(layer)).toList());
  }

  private static String calls(FunctionalLayer layer) {
    return layer.calls().stream().map(FunctionalCall::tensors).toList().toString();
  }

  @ParameterizedTest
  @MethodSource("configs")
  void configJsonIsWhatKerasWrites(String name) {
    KerasGoldens.Golden golden = goldenOf(name);
    if (golden.generation() == 3) {
      ObjectNode written =
          FunctionalModel.of(golden.definition(), 3).toConfigJson(Optional.empty());
      JsonNode keras = KerasGoldens.config(name);
      for (String key : List.of("module", "class_name", "registered_name", "config")) {
        assertThat(sameNumbers(written.get(key))).as(key).isEqualTo(sameNumbers(keras.get(key)));
      }
    }
  }

  /** Numbers in one form: 0.0 of Python is 0.0 here, in any node. */
  private static JsonNode sameNumbers(JsonNode node) {
    return MAPPER.parse(node.toString(), "test");
  }

  @Test
  void whatTheFileSaysOfCompilingIsPutIn() {
    ObjectNode compile = MAPPER.newObject().put("loss", "binary_crossentropy");
    FunctionalModel model = FunctionalModel.of(goldenOf("golden-mmoe-keras3").definition(), 3);
    assertThat(model.toConfigJson(Optional.of(compile)).get("compile_config")).isEqualTo(compile);
    assertThat(model.toConfigJson(Optional.empty()).has("compile_config")).isFalse();
  }

  @Test
  void aLayersConfigIsItsOwn() {
    FunctionalModel model = FunctionalModel.of(goldenOf("golden-mmoe-keras3").definition(), 3);
    FunctionalLayer layer = model.layers().get(0);
    layer.config().removeAll();
    assertThat(layer.config().isEmpty()).isFalse();
  }

  @Test
  void aLayerThatIsNotWrittenHasNoFormInKeras() {
    ModelType<OwnParams> type =
        ModelType.of(
            "mine",
            OwnParams.class,
            OwnParams::new,
            (model, columns, params) ->
                ImmutableMap.of(
                    "click",
                    model
                        .layer("Dense", ImmutableMap.of("units", 1))
                        .call(
                            model
                                .layer("LayerNormalization", ImmutableMap.of())
                                .call(columns.group("dnn")))));
    ModelDefinition<OwnParams> definition =
        new ModelDefinition<>(
            type,
            new OwnParams(ImmutableList.of("click")),
            ImmutableList.of(FeatureColumn.sparse("user", 3, 2, "dnn")));
    assertThatThrownBy(() -> FunctionalModel.of(definition, 3))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("model 'mine' has no form in Keras");
  }

  @Test
  void aGenerationMasksInItsOwnWay() {
    ModelDefinition<?> keras2 = SceneModels.definition(Models.M2M, "{attention_masking: keras2}");
    assertThat(FunctionalModel.of(keras2, 2).layers()).isNotEmpty();
    assertThatThrownBy(() -> FunctionalModel.of(keras2, 3))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(
            "attention_masking is keras2, but Keras 3 masks the sequence 'history'");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          []|f: found [], expected keys and values
          {}|f: key 'class_name': found nothing, expected a text
          {'class_name':'Sequential'}|f: key 'class_name': found "Sequential", expected Functional
          {'class_name':'Functional','config':{}}|f: key 'config': key 'layers': found nothing
          {'class_name':'Functional','config':{'layers':[]}}|expected 1 to 10000 layers
          {'class_name':'Functional','config':{'layers':[3]}}|f: layers[0]: found 3, expected keys
          {'class_name':'Functional','config':{'layers':[INPUT,INPUT]}}|f: layer 'a' occurs twice
          {'class_name':'Functional','config':{'layers':[INPUT],'input_layers':[]}}|found [], expected tensors
          {'class_name':'Functional','config':{'layers':[INPUT],'input_layers':[['b',0,0]]}}|call 0 of layer 'b', which is not there
          {'class_name':'Functional','config':{'layers':[INPUT],'input_layers':[['a',1,0]]}}|call 1 of layer 'a', which is not there
          {'class_name':'Functional','config':{'layers':[INPUT],'input_layers':[['a',-1,0]]}}|expected [layer, node, tensor]
          {'class_name':'Functional','config':{'layers':[LOOP]}}|layer 'l' (Add) reads its own result
          {'class_name':'Functional','config':{'layers':[INPUT,{'class_name':'Add','name':'n','config':{},'inbound_nodes':[[]]}]}}|is called without a tensor
          {'class_name':'Functional','config':{'layers':[INPUT,{'class_name':'Add','name':'n','config':{},'inbound_nodes':7}]}}|layers[1]: key 'inbound_nodes': found 7, expected a list
          """)
  void damageIsOneLineThatSaysWhatAndWhere(String json, String message) {
    String input = "{'class_name':'InputLayer','name':'a','config':{},'inbound_nodes':[]}";
    String loop = "{'class_name':'Add','name':'l','config':{},'inbound_nodes':[[['l',0,0,{}]]]}";
    String text = json.replace("INPUT", input).replace("LOOP", loop).replace('\'', '"');
    assertThatThrownBy(() -> FunctionalModel.parse(MAPPER.parse(text, "t"), "f"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(message)
        .hasMessageStartingWith("f: ")
        .hasMessageNotContaining("\n");
  }
}
