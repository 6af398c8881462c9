package io.scenerank.server;

import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.grpc.protocol.GrpcHeaderNames;
import com.linecorp.armeria.common.grpc.protocol.StatusMessageEscaper;
import com.linecorp.armeria.server.HttpResponseException;
import com.linecorp.armeria.server.HttpStatusException;
import com.linecorp.armeria.server.ServerErrorHandler;
import com.linecorp.armeria.server.ServiceConfig;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Turns every failure into the error of the protocol that was spoken: a JSON object with one line,
 * or a status of gRPC.
 *
 * @param log gets one line of what nobody expected
 */
record ErrorAnswers(Consumer<Throwable> log) implements ServerErrorHandler {

  @Override
  public HttpResponse onServiceException(ServiceRequestContext ctx, Throwable cause) {
    if (cause instanceof HttpResponseException ready) {
      return ready.httpResponse();
    }
    if (cause instanceof HttpStatusException status) {
      return JsonAnswers.error(status.httpStatus(), line(status.httpStatus()));
    }
    if (Failures.isUnexpected(cause)) {
      log.accept(cause);
    }
    RequestException failure = Failures.explain(cause);
    return isGrpc(ctx.request().headers()) ? grpc(failure) : JsonAnswers.error(failure);
  }

  private static boolean isGrpc(RequestHeaders headers) {
    String type = headers.get(HttpHeaderNames.CONTENT_TYPE, "");
    return type.startsWith("application/grpc");
  }

  private static HttpResponse grpc(RequestException failure) {
    return HttpResponse.of(
        ResponseHeaders.builder(HttpStatus.OK)
            .set(HttpHeaderNames.CONTENT_TYPE, "application/grpc+proto")
            .setInt(GrpcHeaderNames.GRPC_STATUS, failure.code().grpc())
            .set(GrpcHeaderNames.GRPC_MESSAGE, StatusMessageEscaper.escape(failure.line()))
            .endOfStream(true)
            .build());
  }

  /** Answers what was refused before a service saw it. */
  @Override
  public AggregatedHttpResponse renderStatus(
      @Nullable ServiceRequestContext ctx,
      ServiceConfig config,
      @Nullable RequestHeaders headers,
      HttpStatus status,
      @Nullable String description,
      @Nullable Throwable cause) {
    return AggregatedHttpResponse.of(
        status, MediaType.JSON, HttpData.wrap(Json.error(line(status))));
  }

  private static String line(HttpStatus status) {
    return status.codeAsText() + " " + status.reasonPhrase();
  }
}
