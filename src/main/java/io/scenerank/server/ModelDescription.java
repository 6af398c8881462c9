package io.scenerank.server;

import com.fasterxml.jackson.core.JsonGenerator;
import io.scenerank.server.ServedModel.VersionState;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;

/** TF Serving's answers about a model: the states of its versions, and what its signatures take. */
final class ModelDescription {
  private ModelDescription() {}

  /** The states of versions; 64-bit numbers are texts, as in all JSON of protocol buffers. */
  static byte[] status(List<VersionState> states) {
    return Json.write(
        json -> {
          json.writeStartObject();
          json.writeArrayFieldStart("model_version_status");
          for (VersionState state : states) {
            json.writeStartObject();
            json.writeStringField("version", Long.toString(state.number()));
            json.writeStringField("state", state.state().name());
            json.writeObjectFieldStart("status");
            json.writeStringField("error_code", state.error().isEmpty() ? "OK" : "UNKNOWN");
            json.writeStringField("error_message", state.error());
            json.writeEndObject();
            json.writeEndObject();
          }
          json.writeEndArray();
          json.writeEndObject();
        });
  }

  /** The signatures of a version. */
  static byte[] metadata(String model, ServedModel.Version version) {
    return Json.write(
        json -> {
          json.writeStartObject();
          json.writeObjectFieldStart("model_spec");
          json.writeStringField("name", model);
          json.writeStringField("signature_name", "");
          json.writeStringField("version", Long.toString(version.number()));
          json.writeEndObject();
          json.writeObjectFieldStart("metadata");
          json.writeObjectFieldStart("signature_def");
          json.writeObjectFieldStart("signature_def");
          for (var entry : new TreeMap<>(version.definitions()).entrySet()) {
            json.writeFieldName(entry.getKey());
            write(json, entry.getValue());
          }
          json.writeEndObject();
          json.writeEndObject();
          json.writeEndObject();
          json.writeEndObject();
        });
  }

  private static void write(JsonGenerator json, SignatureDef signature) throws IOException {
    json.writeStartObject();
    write(json, "inputs", signature.getInputsMap());
    write(json, "outputs", signature.getOutputsMap());
    json.writeStringField("method_name", signature.getMethodName());
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, String side, Map<String, TensorInfo> tensors)
      throws IOException {
    json.writeObjectFieldStart(side);
    for (var entry : new TreeMap<>(tensors).entrySet()) {
      TensorInfo tensor = entry.getValue();
      json.writeObjectFieldStart(entry.getKey());
      json.writeStringField("dtype", tensor.getDtype().name());
      json.writeObjectFieldStart("tensor_shape");
      json.writeArrayFieldStart("dim");
      for (TensorShapeProto.Dim dim : tensor.getTensorShape().getDimList()) {
        json.writeStartObject();
        json.writeStringField("size", Long.toString(dim.getSize()));
        json.writeStringField("name", dim.getName());
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeBooleanField("unknown_rank", tensor.getTensorShape().getUnknownRank());
      json.writeEndObject();
      json.writeStringField("name", tensor.getName());
      json.writeEndObject();
    }
    json.writeEndObject();
  }
}
