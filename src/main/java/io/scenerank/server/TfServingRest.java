package io.scenerank.server;

import com.google.common.collect.ImmutableList;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.scenerank.server.ServedModel.VersionState;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;

/**
 * TensorFlow Serving's REST API: status, metadata and predictions of a model (TensorFlow Serving,
 * "RESTful API").
 */
final class TfServingRest implements HttpService {
  private final ServedModel model;
  private final int maxRows;

  /**
   * @param maxRows the most rows of a request
   */
  TfServingRest(ServedModel model, int maxRows) {
    this.model = model;
    this.maxRows = maxRows;
  }

  @Override
  public HttpResponse serve(ServiceRequestContext ctx, HttpRequest request) {
    ModelPath path = ModelPath.parse(ctx.decodedPath()).orElseThrow(() -> malformed(ctx));
    requireModel(model, path.model());
    if (ctx.method() == HttpMethod.GET) {
      return JsonAnswers.of(
          switch (path.method()) {
            case "" -> ModelDescription.status(states(model, path.version()));
            case ModelPath.METADATA ->
                ModelDescription.metadata(model.name(), model.version(path.version()));
            default -> throw malformed(ctx);
          });
    }
    if (ctx.method() != HttpMethod.POST) {
      throw malformed(ctx);
    }
    return switch (path.method()) {
      case "predict" ->
          JsonAnswers.post(
              ctx,
              request,
              body -> predict(model.version(path.version()), body, JsonAnswers.limit(ctx)));
      case "classify", "regress" ->
          JsonAnswers.post(
              ctx,
              request,
              body ->
                  new ExampleCall(model.version(path.version()), path.method(), maxRows)
                      .answer(body, JsonAnswers.limit(ctx)));
      default -> throw malformed(ctx);
    };
  }

  private static RequestException malformed(ServiceRequestContext ctx) {
    return RequestException.invalid("Malformed request: " + ctx.method() + " " + ctx.decodedPath());
  }

  /**
   * @throws RequestException if the request is for another model
   */
  static void requireModel(ServedModel model, String name) {
    if (!name.equals(model.name())) {
      throw RequestException.notFound(
          "Servable not found: model '"
              + name
              + "' is unknown, the server has '"
              + model.name()
              + "'");
    }
  }

  /**
   * The states of all versions, or of the one that is requested.
   *
   * @throws RequestException if there is none
   */
  static ImmutableList<VersionState> states(ServedModel model, VersionChoice choice) {
    OptionalLong number =
        choice.label().isPresent()
            ? OptionalLong.of(model.version(choice).number())
            : choice.number();
    ImmutableList<VersionState> states =
        model.states().stream()
            .filter(state -> number.isEmpty() || state.number() == number.getAsLong())
            .collect(ImmutableList.toImmutableList());
    if (states.isEmpty()) {
      throw RequestException.notFound(
          "Servable not found: model '"
              + model.name()
              + "'"
              + (number.isEmpty() ? "" : " has no version " + number.getAsLong()));
    }
    return states;
  }

  private CompletionStage<byte[]> predict(
      ServedModel.Version version, byte[] body, Duration limit) {
    PredictReader.Call call = new PredictReader(version, maxRows).read(body);
    return call.signature()
        .predict(call.features(), limit)
        .thenApply(
            scores -> {
              PredictWriter writer = new PredictWriter(call.signature().outputs(), scores);
              return call.isRows() ? writer.rows() : writer.columns();
            });
  }
}
