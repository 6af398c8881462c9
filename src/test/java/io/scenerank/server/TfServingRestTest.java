package io.scenerank.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.scenerank.server.RunningServer.Answer;
import io.scenerank.testing.ForeignModels;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;

/** TF Serving's REST API, end to end, with the models and the outputs that Python recorded. */
@Tag("slow")
class TfServingRestTest {
  private static final String PREDICT = "/v1/models/m:predict";

  @TempDir static Path temp;

  private static JsonNode expected;
  private static RunningServer types;
  private static RunningServer shapes;
  private static RunningServer examples;

  @BeforeAll
  static void start() throws IOException {
    expected =
        RunningServer.json(Files.readString(ForeignModels.folder("expected.json").normalize()));
    types = new RunningServer(ForeignModels.folder("types"), "m");
    shapes = new RunningServer(ForeignModels.folder("shapes"), "m");
    examples = new RunningServer(withMethods(temp.resolve("examples")), "m");
  }

  @AfterAll
  static void stop() {
    assertThat(shapes.faults()).isEmpty();
    assertThat(types.faults()).isEmpty();
    assertThat(examples.faults()).isEmpty();
    types.close();
    shapes.close();
    examples.close();
  }

  /** The model of tf.Example with a signature for each of TF Serving's methods. */
  private static Path withMethods(Path folder) throws IOException {
    Path file = ForeignModels.copy("examples", folder).resolve("saved_model.pb");
    SavedModel.Builder model;
    try (InputStream in = Files.newInputStream(file)) {
      model = SavedModel.parseFrom(in).toBuilder();
    }
    SignatureDef plain = model.getMetaGraphs(0).getSignatureDefOrThrow("serving_default");
    TensorInfo score = plain.getOutputsOrThrow("is_click");
    SignatureDef.Builder regress =
        plain.toBuilder().setMethodName("tensorflow/serving/regress").clearOutputs();
    SignatureDef.Builder classify =
        plain.toBuilder().setMethodName("tensorflow/serving/classify").clearOutputs();
    model
        .getMetaGraphsBuilder(0)
        .putSignatureDef("regress", regress.putOutputs("outputs", score).build())
        .putSignatureDef("classify", classify.putOutputs("scores", score).build());
    Files.write(file, model.build().toByteArray());
    return folder;
  }

  private static JsonNode shaped(JsonNode tensor) {
    return shaped(tensor, 0, new int[1]);
  }

  private static JsonNode shaped(JsonNode tensor, int axis, int[] next) {
    if (axis == tensor.get("shape").size()) {
      JsonNode value = tensor.get("values").get(next[0]++);
      return tensor.get("dtype").textValue().equals("string")
          ? JsonNodeFactory.instance.objectNode().set("b64", value)
          : value;
    }
    ArrayNode list = JsonNodeFactory.instance.arrayNode();
    for (int i = 0; i < tensor.get("shape").get(axis).intValue(); i++) {
      list.add(shaped(tensor, axis + 1, next));
    }
    return list;
  }

  private static ObjectNode columns(JsonNode tensors) {
    ObjectNode columns = JsonNodeFactory.instance.objectNode();
    tensors.properties().forEach(e -> columns.set(e.getKey(), shaped(e.getValue())));
    return columns;
  }

  private static ArrayNode rows(JsonNode tensors) {
    ArrayNode rows = JsonNodeFactory.instance.arrayNode();
    for (int row = 0; row < 3; row++) {
      ObjectNode object = rows.addObject();
      for (Map.Entry<String, JsonNode> column : columns(tensors).properties()) {
        object.set(column.getKey(), column.getValue().get(row));
      }
    }
    return rows;
  }

  private static void assertOutputs(JsonNode found, JsonNode recorded) {
    recorded
        .properties()
        .forEach(
            output -> {
              String name = output.getKey();
              JsonNode values = output.getValue().get("values");
              if (output.getValue().get("dtype").textValue().startsWith("complex")) {
                return; // JSON has no form of it: the output is left out.
              }
              for (int i = 0; i < values.size(); i++) {
                JsonNode value = found.get(name);
                for (int axis = 0, rest = i, size = values.size();
                    axis < output.getValue().get("shape").size();
                    axis++) {
                  size /= output.getValue().get("shape").get(axis).intValue();
                  value = value.get(rest / size);
                  rest %= size;
                }
                if (values.get(i).isNumber()) {
                  assertThat(value.decimalValue().floatValue())
                      .as("%s[%d]", name, i)
                      .isEqualTo(values.get(i).decimalValue().floatValue());
                }
              }
            });
  }

  @Test
  void columnsOfAllTypes() throws Exception {
    Answer answer =
        types.post(PREDICT, "{\"inputs\": " + columns(expected.get("types").get("inputs")) + "}");
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    JsonNode outputs = answer.json().get("outputs");
    assertOutputs(outputs, expected.get("types").get("outputs"));
    assertThat(outputs.get("y_string").toString()).isEqualTo("[[\"größe\"],[\"\"],[\"点击\"]]");
    assertThat(outputs.get("y_bool").toString()).isEqualTo("[[true],[false],[true]]");
  }

  @Test
  void rowsOfAllTypesAreTheColumns() throws Exception {
    JsonNode inputs = expected.get("types").get("inputs");
    JsonNode byRow =
        types.post(PREDICT, "{\"instances\": " + rows(inputs) + "}").json().get("predictions");
    JsonNode byColumn =
        types.post(PREDICT, "{\"inputs\": " + columns(inputs) + "}").json().get("outputs");
    for (int row = 0; row < 3; row++) {
      for (Iterator<String> names = byColumn.fieldNames(); names.hasNext(); ) {
        String name = names.next();
        assertThat(byRow.get(row).get(name)).isEqualTo(byColumn.get(name).get(row));
      }
    }
  }

  @Test
  void numbersThatAreNotFinite() throws Exception {
    ObjectNode inputs = columns(expected.get("types").get("inputs"));
    String body = "{\"inputs\": " + inputs.without("x_float32") + "}";
    String answer =
        types
            .post(
                PREDICT,
                body.replace(
                    "{\"x_bfloat16\"",
                    "{\"x_float32\": [[NaN], [Infinity], [-Infinity]], \"x_bfloat16\""))
            .text();
    assertThat(answer).contains("\"y_float32\":[[NaN],[Infinity],[-Infinity]]");
  }

  @Test
  void outputsOfAnyShape() throws Exception {
    Answer answer =
        shapes.post(PREDICT, "{\"inputs\": " + columns(expected.get("shapes").get("inputs")) + "}");
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    assertOutputs(answer.json().get("outputs"), expected.get("shapes").get("outputs"));
    assertThat(answer.json().get("outputs").has("phase")).isFalse();
  }

  @Test
  void rowsNeedOutputsWithRows() throws Exception {
    String row =
        "{\"user_id\": 3, \"temperature\": 2.5, \"anything\": 1, \"image\": [[1,2,3],[4,5,6]]}";
    Answer answer = shapes.post(PREDICT, "{\"instances\": [" + row + "]}");
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.error()).isEqualTo("output 'mean' has no rows; ask with 'inputs'");
  }

  @Test
  void oneInputAndOneOutputNeedNoName() throws Exception {
    JsonNode values = expected.get("examples").get("inputs").get("examples").get("values");
    JsonNode scores = expected.get("examples").get("outputs").get("is_click").get("values");
    StringBuilder list = new StringBuilder();
    values.forEach(v -> list.append(list.length() == 0 ? "" : ",").append("{\"b64\":" + v + "}"));
    for (String body :
        new String[] {
          "{\"instances\": [" + list + "]}",
          "{\"instances\": ["
              + list.toString().replace("{", "{\"examples\": {").replace("}", "}}")
              + "]}"
        }) {
      JsonNode found = examples.post(PREDICT, body).json().get("predictions");
      assertThat(found.toString()).isEqualTo("[[" + join(scores, "],[") + "]]");
    }
    for (String inputs : new String[] {"[" + list + "]", "{\"examples\": [" + list + "]}"}) {
      JsonNode found = examples.post(PREDICT, "{\"inputs\": " + inputs + "}").json().get("outputs");
      assertThat(found.toString()).isEqualTo("[[" + join(scores, "],[") + "]]");
    }
  }

  private static String join(JsonNode values, String between) {
    StringBuilder text = new StringBuilder();
    values.forEach(
        value -> text.append(text.length() == 0 ? "" : between).append(value.floatValue()));
    return text.toString();
  }

  @Test
  void aSignatureMayComeAfterTheValues() throws Exception {
    String body =
        "{\"examples\": [{\"user_id\": 1, \"price\": 0.5}], \"signature_name\": \"regress\"}";
    assertThat(examples.post("/v1/models/m:regress", body).text())
        .isEqualTo("{\"results\":[0.62245935]}");
    String values = "\"inputs\": [{\"b64\": \"ChIKEAoHdXNlcl9pZBIFGgMKAQI=\"}]";
    assertThat(examples.post(PREDICT, "{" + values + ", \"signature_name\": \"classify\"}").text())
        .isEqualTo("{\"outputs\":[[0.8807971]]}");
  }

  @Test
  void classifyAndRegress() throws Exception {
    String body =
        "{\"signature_name\": \"%s\", \"context\": {\"price\": 1.0}, \"examples\":"
            + " [{\"user_id\": [1], \"price\": 0.5}, {\"user_id\": 2}]}";
    assertThat(examples.post("/v1/models/m:regress", String.format(body, "regress")).text())
        .isEqualTo("{\"results\":[0.62245935,0.8807971]}");
    assertThat(examples.post("/v1/models/m:classify", String.format(body, "classify")).text())
        .isEqualTo("{\"results\":[[[\"\",0.62245935]],[[\"\",0.8807971]]]}");
    Answer other = examples.post("/v1/models/m:classify", String.format(body, "serving_default"));
    assertThat(other.status()).isEqualTo(400);
    assertThat(other.error())
        .isEqualTo(
            "signature 'serving_default': the method is tensorflow/serving/predict, expected"
                + " tensorflow/serving/classify; use :predict");
  }

  @Test
  void statusAndMetadata() throws Exception {
    assertThat(types.get("/v1/models/m").text())
        .isEqualTo(
            "{\"model_version_status\":[{\"version\":\"1\",\"state\":\"AVAILABLE\","
                + "\"status\":{\"error_code\":\"OK\",\"error_message\":\"\"}}]}");
    JsonNode metadata = shapes.get("/v1/models/m/versions/1/metadata").json();
    assertThat(metadata.get("model_spec").toString())
        .isEqualTo("{\"name\":\"m\",\"signature_name\":\"\",\"version\":\"1\"}");
    JsonNode signature = metadata.at("/metadata/signature_def/signature_def/serving_default");
    assertThat(signature.at("/inputs/image/tensor_shape").toString())
        .isEqualTo(
            "{\"dim\":[{\"size\":\"-1\",\"name\":\"\"},{\"size\":\"2\",\"name\":\"\"},"
                + "{\"size\":\"3\",\"name\":\"\"}],\"unknown_rank\":false}");
    assertThat(signature.at("/inputs/user_id/dtype").textValue()).isEqualTo("DT_INT64");
    assertThat(signature.at("/method_name").textValue()).isEqualTo("tensorflow/serving/predict");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | the body is empty, expected a JSON object",
        "[1] | the body is a list, expected a JSON object",
        "{} | the body has neither 'instances' nor 'inputs'",
        "{\"inputs\": {}, \"instances\": []} | the body has both 'instances' and 'inputs'",
        "{\"instances\": 1} | instances: found 1, expected a list",
        "{\"instances\": []} | instances: found no row, expected at least one",
        "{\"instances\": [1]} | values without a name are for a signature with one input",
        "{\"inputs\": {\"usr_id\": [1]}} | feature 'usr_id' is not an input; did you mean 'user_id'?",
        "{\"inputs\": {\"user_id\": [1]}} | is missing",
        "{\"inputs\": {\"user_id\": [1.5]}} | input 'user_id', row 0: found 1.5, expected an integer",
        "{\"inputs\": {\"user_id\": [1, \"a\"]}} | input 'user_id', row 1: found a text, expected an integer",
        "{\"inputs\": {\"user_id\": [1, null]}} | input 'user_id', row 1: found null, expected",
        "{\"inputs\": {\"user_id\": [99999999999999999999]}} | input 'user_id', row 0: found 99999999999999999999, expected",
        "{\"inputs\": {\"image\": [[1, 2], [3]]}} | input 'image', row 1: found a list of 1 values, those before it have 2",
        "{\"inputs\": {\"image\": [1, [2]]}} | input 'image', row 1: found lists of different depths",
        "{\"inputs\": {\"temperature\": 1e39}} | input 'temperature', row 0: found 1e39, expected a number of float32",
        "{\"instances\": [{\"user_id\": 1}, {}]} | input 'user_id', row 1: is missing",
        "{\"instances\": [{\"user_id\": 1, \"user_id\": 2}]} | input 'user_id', row 0: is given twice",
        "{\"instances\": [{}, {\"user_id\": 1}]} | input 'user_id': row 1 has it, the rows before have not",
        "{\"inputs\": {\"user_id\": [1]}} x | the body is not JSON (Unrecognized token 'x'",
        "{\"inputs\": {\"user_id\": [1]} | the body is not JSON (Unexpected end-of-input",
        "{\"signature_name\": \"other\", \"inputs\": []} | signature 'other' is unknown",
        "{\"signature_name\": 1, \"inputs\": []} | signature_name: found 1, expected a text",
      })
  void wrongBodies(String body, String message) throws Exception {
    Answer answer = shapes.post(PREDICT, body);
    assertThat(answer.status()).as(answer.text()).isEqualTo(400);
    assertThat(answer.error()).contains(message).doesNotContain(temp.toString(), "resources");
    assertThat(shapes.faults()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "/v1/models/other, 404",
    "/v1/models/m/versions/7, 404",
    "/v1/models/m/labels/canary, 404",
    "/v1/models/m/labels/canary/metadata, 404",
    "/v1/models/m:predict, 400",
    "/v1/models/m/versions/x, 400",
    "/v1/models/, 400",
    "/v1/other, 404",
    "/, 404",
  })
  void wrongPaths(String path, int status) throws Exception {
    Answer answer = shapes.get(path);
    assertThat(answer.status()).as(answer.text()).isEqualTo(status);
    assertThat(answer.error()).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v1/models/m:other", "/v1/models/m", "/v1/models/m/metadata"})
  void pathsThatTakeNoPost(String path) throws Exception {
    assertThat(shapes.post(path, "{}").status()).isEqualTo(400);
  }
}
