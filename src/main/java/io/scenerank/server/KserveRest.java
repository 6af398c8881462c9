package io.scenerank.server;

import com.fasterxml.jackson.core.JsonGenerator;
import com.google.common.base.Strings;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.scenerank.serve.Ranker.InputSpec;
import io.scenerank.serve.Scores;
import io.scenerank.serve.Scores.OutputSpec;
import io.scenerank.serve.Signatures;
import io.scenerank.server.ServedModel.VersionState;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;

/**
 * KServe's protocol of version 2 (Open Inference Protocol) in JSON: health, metadata and inference
 * with the signature {@code serving_default}.
 */
final class KserveRest implements HttpService {
  private static final Pattern MODEL =
      Pattern.compile(
          "/v2/models/(?<model>[^/]+)(?:/versions/(?<version>\\d{1,18}))?(?:/(?<method>infer|ready))?");

  private final ServedModel model;
  private final int maxRows;

  /**
   * @param maxRows the most rows of a request
   */
  KserveRest(ServedModel model, int maxRows) {
    this.model = model;
    this.maxRows = maxRows;
  }

  @Override
  public HttpResponse serve(ServiceRequestContext ctx, HttpRequest request) {
    String path = ctx.decodedPath();
    return switch (path) {
      case "/v2" -> JsonAnswers.of(Json.write(KserveRest::server));
      case "/v2/health/live" -> health("live", true);
      case "/v2/health/ready" -> health("ready", model.isReady());
      default -> model(ctx, request, path);
    };
  }

  private static void server(JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField("name", "scenerank");
    json.writeStringField(
        "version",
        String.valueOf(
            Strings.nullToEmpty(KserveRest.class.getPackage().getImplementationVersion())));
    json.writeArrayFieldStart("extensions");
    json.writeEndArray();
    json.writeEndObject();
  }

  private static HttpResponse health(String name, boolean isSo) {
    byte[] json =
        Json.write(
            out -> {
              out.writeStartObject();
              out.writeBooleanField(name, isSo);
              out.writeEndObject();
            });
    return HttpResponse.of(
        isSo ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE, MediaType.JSON, HttpData.wrap(json));
  }

  private HttpResponse model(ServiceRequestContext ctx, HttpRequest request, String path) {
    Matcher matcher = MODEL.matcher(path);
    if (!matcher.matches()) {
      throw RequestException.notFound("path " + path + " is unknown");
    }
    TfServingRest.requireModel(model, matcher.group("model"));
    String number = matcher.group("version");
    VersionChoice choice =
        number == null ? VersionChoice.current() : VersionChoice.number(Long.parseLong(number));
    String method = Strings.nullToEmpty(matcher.group("method"));
    boolean isInference = method.equals("infer");
    if (ctx.method() != (isInference ? HttpMethod.POST : HttpMethod.GET)) {
      throw RequestException.invalid("found " + ctx.method() + " " + path + ", which has none");
    }
    if (isInference) {
      return JsonAnswers.post(
          ctx, request, body -> infer(model.version(choice), body, JsonAnswers.limit(ctx)));
    }
    return method.isEmpty()
        ? JsonAnswers.of(metadata(model.version(choice)))
        : health("ready", model.isReady() && model.version(choice).number() >= 0);
  }

  private byte[] metadata(ServedModel.Version version) {
    ServedModel.Signature signature = version.signature(Signatures.SERVING_DEFAULT);
    return Json.write(
        json -> {
          json.writeStartObject();
          json.writeStringField("name", model.name());
          json.writeArrayFieldStart("versions");
          for (VersionState state : model.states()) {
            if (state.state() == VersionState.State.AVAILABLE) {
              json.writeString(Long.toString(state.number()));
            }
          }
          json.writeEndArray();
          json.writeStringField("platform", "tensorflow_savedmodel");
          json.writeArrayFieldStart("inputs");
          for (InputSpec input : signature.inputs().values()) {
            tensor(json, input.name(), input.dataType(), input.shape());
          }
          json.writeEndArray();
          json.writeArrayFieldStart("outputs");
          for (OutputSpec output : signature.outputs().values()) {
            tensor(json, output.name(), output.dataType(), output.shape());
          }
          json.writeEndArray();
          json.writeEndObject();
        });
  }

  private static void tensor(JsonGenerator json, String name, DataType type, Shape shape)
      throws IOException {
    json.writeStartObject();
    header(json, name, type, shape);
    json.writeEndObject();
  }

  private static void header(JsonGenerator json, String name, DataType type, Shape shape)
      throws IOException {
    json.writeStringField("name", name);
    json.writeStringField("datatype", KserveTypes.name(type));
    json.writeFieldName("shape");
    long[] sizes = KserveTypes.sizes(shape);
    json.writeArray(sizes, 0, sizes.length);
  }

  private CompletionStage<byte[]> infer(ServedModel.Version version, byte[] body, Duration limit) {
    ServedModel.Signature signature = version.signature(Signatures.SERVING_DEFAULT);
    KserveReader.Call call = new KserveReader(signature, maxRows).read(body);
    return signature
        .predict(call.features(), limit)
        .thenApply(scores -> answer(version, call, signature.outputs(), scores));
  }

  private byte[] answer(
      ServedModel.Version version,
      KserveReader.Call call,
      ImmutableMap<String, OutputSpec> outputs,
      Scores scores) {
    ImmutableSet<String> asked = call.outputs().isEmpty() ? outputs.keySet() : call.outputs();
    return Json.write(
        json -> {
          json.writeStartObject();
          json.writeStringField("model_name", model.name());
          json.writeStringField("model_version", Long.toString(version.number()));
          if (!call.id().isEmpty()) {
            json.writeStringField("id", call.id());
          }
          json.writeArrayFieldStart("outputs");
          for (OutputSpec output : outputs.values()) {
            if (output.isRead() && asked.contains(output.name())) {
              OutputColumn column = OutputColumn.of(scores, output);
              json.writeStartObject();
              header(json, output.name(), output.dataType(), column.shape());
              json.writeArrayFieldStart("data");
              column.writeFlat(json);
              json.writeEndArray();
              json.writeEndObject();
            }
          }
          json.writeEndArray();
          json.writeEndObject();
        });
  }
}
