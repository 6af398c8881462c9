package io.scenerank.server;

import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.logging.RequestLog;
import com.linecorp.armeria.server.DecoratingHttpServiceFunction;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Measures how long requests take: {@code scenerank_http_seconds}, a histogram by route and status,
 * whose labels have few values for all requests.
 */
final class RequestMeters implements DecoratingHttpServiceFunction {
  private static final Duration[] BOUNDS = {
    Duration.ofNanos(500_000),
    Duration.ofMillis(1),
    Duration.ofMillis(2),
    Duration.ofMillis(5),
    Duration.ofMillis(10),
    Duration.ofMillis(20),
    Duration.ofMillis(50),
    Duration.ofMillis(100),
    Duration.ofMillis(250),
    Duration.ofSeconds(1),
    Duration.ofSeconds(5)
  };

  private final MeterRegistry registry;

  RequestMeters(MeterRegistry registry) {
    this.registry = registry;
  }

  @Override
  public HttpResponse serve(HttpService delegate, ServiceRequestContext ctx, HttpRequest request)
      throws Exception {
    CompletableFuture<Void> unused = ctx.log().whenComplete().thenAccept(log -> record(ctx, log));
    return delegate.serve(ctx, request);
  }

  private void record(ServiceRequestContext ctx, RequestLog log) {
    Timer.builder("scenerank.http")
        .description("Time from a request's first byte to its answer's last")
        .tag("route", ctx.config().route().patternString())
        .tag("status", log.responseStatus().codeAsText())
        .serviceLevelObjectives(BOUNDS)
        .register(registry)
        .record(log.totalDurationNanos(), TimeUnit.NANOSECONDS);
  }
}
