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
import io.scenerank.layer.KerasForm;
import io.scenerank.layer.LayerTypes;
import io.scenerank.layer.ModelReader;
import io.scenerank.layer.base.Functional;
import io.scenerank.layer.base.LayerGraph.Node;
import io.scenerank.model.ModelDefinition;
import io.scenerank.model.ModelParams;
import io.scenerank.model.ModelParams.ModelInputs;
import io.scenerank.model.ModelType;
import io.scenerank.model.Models;
import io.scenerank.testing.SceneModels;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The JSON of models that a program put together, held against what Keras wrote of the same. */
@Tag("slow")
class WrittenModelTest {
  private static final ConfigMapper MAPPER = new ConfigMapper();

  private record OwnParams(ImmutableList<String> taskNames) implements ModelParams {
    @Override
    public ModelInputs inputs() {
      return ModelInputs.groups("dnn");
    }
  }

  static Stream<String> configs() {
    return KerasGoldens.configs().properties().stream().map(entry -> entry.getKey());
  }

  private static KerasGoldens.Golden goldenOf(String config) {
    return KerasGoldens.all().stream()
        .filter(golden -> config.equals(golden.name() + "-keras" + golden.generation()))
        .findFirst()
        .orElseThrow();
  }

  private static ObjectNode written(ModelDefinition<?> definition) {
    GraphImport.Graph graph = GraphImport.graph(definition);
    return KerasForm.json(graph.model(), graph.built().tree());
  }

  @ParameterizedTest
  @MethodSource("configs")
  void aConfigOfKerasIsReadAsTheModelThatIsBuiltHere(String name) {
    KerasGoldens.Golden golden = goldenOf(name);
    Functional read =
        ModelReader.read(
            LayerTypes.standard(), LegacyConfig.usual(KerasGoldens.config(name)), name);
    Functional built = GraphImport.graph(golden.definition()).model();
    assertThat(read.name()).isEqualTo(built.name());
    assertThat(read.graph().layers())
        .extracting(layer -> path(layer.name()) + calls(read, layer.name()))
        .containsExactlyElementsOf(
            built.graph().layers().stream()
                .map(layer -> path(layer.name()) + calls(built, layer.name()))
                .toList());
    assertThat(path(read.graph().outputs().toString()))
        .isEqualTo(path(built.graph().outputs().toString()));
  }

  private static String calls(Functional model, String layer) {
    return path(
        model.graph().calls().get(layer).stream()
            .map((Node node) -> node.arguments().tensors())
            .toList()
            .toString());
  }

  private static String path(String names) {
    return names.replace("__", "/");
  }

  @ParameterizedTest
  @MethodSource("configs")
  void configJsonIsWhatKerasWrites(String name) {
    KerasGoldens.Golden golden = goldenOf(name);
    if (golden.generation() == 3) {
      ObjectNode written = written(golden.definition());
      JsonNode keras = KerasGoldens.config(name);
      for (String key : List.of("module", "class_name", "registered_name", "config")) {
        assertThat(comparable(written.get(key))).as(key).isEqualTo(comparable(keras.get(key)));
      }
    }
  }

  /**
   * Numbers in one form: 0.0 of Python is 0.0 here, in any node. Without the shapes that a layer
   * was built for, and without arguments of calls that say nothing: both follow from the calls.
   */
  private static JsonNode comparable(JsonNode node) {
    JsonNode copy = MAPPER.parse(node.toString(), "test");
    for (JsonNode layer : copy.path("layers")) {
      ((ObjectNode) layer).remove("build_config");
      for (JsonNode call : layer.path("inbound_nodes")) {
        ((ObjectNode) call.path("kwargs"))
            .properties()
            .removeIf(given -> given.getValue().isNull() || given.getValue().isBoolean());
      }
    }
    return copy;
  }

  @Test
  void anyLayerIsWritten() {
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
    ObjectNode written =
        written(
            new ModelDefinition<>(
                type,
                new OwnParams(ImmutableList.of("click")),
                ImmutableList.of(FeatureColumn.sparse("user", 3, 2, "dnn"))));
    Functional read = ModelReader.read(LayerTypes.standard(), written, "written");
    assertThat(read.graph().layers())
        .extracting(layer -> layer.kerasClass())
        .containsExactly("InputLayer", "Embedding", "Flatten", "LayerNormalization", "Dense");
  }

  @Test
  void aGenerationMasksInItsOwnWay() {
    ModelDefinition<?> keras2 = SceneModels.definition(Models.M2M, "{attention_masking: keras2}");
    assertThatThrownBy(() -> written(keras2))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("masks a sequence as Keras 2 does (attention_masking: keras2)");
  }
}
