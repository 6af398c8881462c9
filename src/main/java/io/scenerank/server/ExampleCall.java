package io.scenerank.server;

import com.fasterxml.jackson.core.JsonGenerator;
import com.google.common.collect.ImmutableMap;
import io.scenerank.serve.Features;
import io.scenerank.serve.Scores;
import io.scenerank.serve.Scores.OutputSpec;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.SignatureDef;

/**
 * TF Serving's {@code classify} and {@code regress}, for signatures whose method is one of them:
 * they take serialized {@code tf.Example} and return {@code classes} and {@code scores}, or {@code
 * outputs}.
 */
final class ExampleCall {
  private static final String METHOD = "tensorflow/serving/";

  private final ServedModel.Version version;
  private final String method;
  private final int maxRows;

  /**
   * @param method "classify" or "regress"
   */
  ExampleCall(ServedModel.Version version, String method, int maxRows) {
    this.version = version;
    this.method = method;
    this.maxRows = maxRows;
  }

  CompletionStage<byte[]> answer(byte[] body, Duration limit) {
    ExampleReader.Call call = new ExampleReader(maxRows).read(body);
    ServedModel.Signature signature = version.signature(call.signature());
    requireMethod(call.signature());
    Features features =
        Features.builder()
            .values(
                signature.inputs().keySet().iterator().next(),
                call.examples(),
                call.examples().length)
            .build();
    return signature
        .predict(features, limit)
        .thenApply(scores -> results(signature.outputs(), scores, call.examples().length));
  }

  private void requireMethod(String signature) {
    SignatureDef definition =
        version.definitions().getOrDefault(signature, SignatureDef.getDefaultInstance());
    if (!definition.getMethodName().equals(METHOD + method) || definition.getInputsCount() != 1) {
      throw RequestException.invalid(
          "signature '"
              + signature
              + "': the method is "
              + definition.getMethodName()
              + ", expected "
              + METHOD
              + method
              + "; use :predict");
    }
  }

  private byte[] results(ImmutableMap<String, OutputSpec> outputs, Scores scores, int rows) {
    return Json.write(
        json -> {
          json.writeStartObject();
          json.writeFieldName("results");
          json.writeStartArray();
          if (method.equals("regress")) {
            regressions(json, column(outputs, scores, "outputs"), rows);
          } else {
            classes(
                json, column(outputs, scores, "classes"), column(outputs, scores, "scores"), rows);
          }
          json.writeEndArray();
          json.writeEndObject();
        });
  }

  private static @Nullable OutputColumn column(
      ImmutableMap<String, OutputSpec> outputs, Scores scores, String name) {
    OutputSpec spec = outputs.get(name);
    return spec == null ? null : OutputColumn.of(scores, spec);
  }

  private static void regressions(JsonGenerator json, @Nullable OutputColumn values, int rows)
      throws IOException {
    if (values == null || values.shape().size() != rows) {
      throw RequestException.invalid("the signature has no output 'outputs' of a number a row");
    }
    for (int row = 0; row < rows; row++) {
      values.writeValue(json, row);
    }
  }

  private static void classes(
      JsonGenerator json, @Nullable OutputColumn labels, @Nullable OutputColumn scores, int rows)
      throws IOException {
    OutputColumn counted = scores == null ? labels : scores;
    if (counted == null
        || counted.rows() != rows
        || (labels != null && labels.shape().size() != counted.shape().size())) {
      throw RequestException.invalid("the signature has no outputs 'classes' and 'scores'");
    }
    int each = Math.toIntExact(counted.shape().size() / rows);
    for (int row = 0; row < rows; row++) {
      json.writeStartArray();
      for (int i = row * each; i < (row + 1) * each; i++) {
        json.writeStartArray();
        if (labels == null) {
          json.writeString("");
        } else {
          labels.writeValue(json, i);
        }
        if (scores == null) {
          json.writeNumber(0.0f);
        } else {
          scores.writeValue(json, i);
        }
        json.writeEndArray();
      }
      json.writeEndArray();
    }
  }
}
