package io.scenerank.server;

import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.grpc.protocol.GrpcHeaderNames;
import com.linecorp.armeria.server.DecoratingHttpServiceFunction;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Takes the time that a gRPC client gives its call, where it is less than the server's limit. */
final class GrpcDeadline implements DecoratingHttpServiceFunction {
  private static final Pattern FORM = Pattern.compile("(\\d{1,8})([HMSmun])");

  @Override
  public HttpResponse serve(HttpService delegate, ServiceRequestContext ctx, HttpRequest request)
      throws Exception {
    long millis = millis(request.headers().get(GrpcHeaderNames.GRPC_TIMEOUT));
    if (millis < ctx.requestTimeoutMillis()) {
      ctx.setRequestTimeoutMillis(Math.max(millis, 1));
    }
    return delegate.serve(ctx, request);
  }

  /** The time of the header {@code grpc-timeout}; the largest number if there is none. */
  static long millis(@Nullable String header) {
    Matcher matcher = FORM.matcher(header == null ? "" : header);
    if (!matcher.matches()) {
      return Long.MAX_VALUE;
    }
    TimeUnit unit =
        switch (matcher.group(2)) {
          case "H" -> TimeUnit.HOURS;
          case "M" -> TimeUnit.MINUTES;
          case "S" -> TimeUnit.SECONDS;
          case "m" -> TimeUnit.MILLISECONDS;
          case "u" -> TimeUnit.MICROSECONDS;
          default -> TimeUnit.NANOSECONDS;
        };
    return unit.toMillis(Long.parseLong(matcher.group(1)));
  }
}
