package io.scenerank.server;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/** Answers with JSON, computed on a thread of its own and not on one that serves connections. */
final class JsonAnswers {
  private JsonAnswers() {}

  /** Makes the body of an answer from that of a request. */
  interface Work {
    CompletionStage<byte[]> answer(byte[] body);
  }

  static HttpResponse of(byte[] json) {
    return HttpResponse.of(HttpStatus.OK, MediaType.JSON, HttpData.wrap(json));
  }

  static HttpResponse error(HttpStatus status, String line) {
    return HttpResponse.of(status, MediaType.JSON, HttpData.wrap(Json.error(line)));
  }

  static HttpResponse error(RequestException e) {
    return error(e.code().http(), e.line());
  }

  /** Answers a request with a body, once all of it has come. */
  static HttpResponse post(ServiceRequestContext ctx, HttpRequest request, Work work) {
    return HttpResponse.of(
        request
            .aggregate()
            .thenComposeAsync(
                whole -> work.answer(whole.content().array()), ctx.blockingTaskExecutor())
            .thenApply(JsonAnswers::of));
  }

  /** How long a call may wait: the time limit of its request. */
  static Duration limit(ServiceRequestContext ctx) {
    return Duration.ofMillis(ctx.requestTimeoutMillis());
  }
}
