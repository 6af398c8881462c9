package io.scenerank.keras;

import static org.assertj.core.api.Assertions.assertThat;

import io.scenerank.config.ConfigMapper;
import io.scenerank.layer.LayerTypes;
import io.scenerank.layer.ModelReader;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the outputs of a model are called where it lists them. */
class GraphColumnsTest {
  private static final String MODEL =
      """
      {"class_name": "Functional", "keras_version": "2.15.0", "config": {"name": "m", "layers": [
        {"class_name": "InputLayer", "name": "x", "inbound_nodes": [],
         "config": {"name": "x", "batch_input_shape": [null, 1], "dtype": "float32"}},
        {"class_name": "%s", "name": "%s", "inbound_nodes": [[["x", 0, 0, {}]]],
         "config": {"name": "%s", "activation": "sigmoid"}}],
       "input_layers": [["x", 0, 0]], "output_layers": [["%s", 0, 0]]}}
      """;

  @ParameterizedTest(name = "{1} is {2}")
  @CsvSource({
    "PredictLayer,task_is_click,is_click",
    "PredictLayer,task_is_click_output,is_click",
    "PredictLayer,task_output,output",
    "PredictLayer,is_click_output,is_click_output",
    "Activation,task_is_click,task_is_click",
  })
  void aTaskIsCalledAsTheLayerOfItsScoreSays(String kind, String layer, String task) {
    String json = MODEL.formatted(kind, layer, layer, layer);
    if (kind.equals("PredictLayer")) {
      json = json.replace(", \"activation\": \"sigmoid\"", "");
    }
    assertThat(
            new GraphColumns(
                    ModelReader.read(
                        LayerTypes.standard(), new ConfigMapper().parsePython(json, "m"), "m"))
                .outputNames())
        .containsExactly(task);
  }
}
