package io.scenerank.server;

import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.DecoratingHttpServiceFunction;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/** Refuses a request at once where too many are being answered, so that no queue grows. */
final class InFlightLimit implements DecoratingHttpServiceFunction {
  private final int most;
  private final AtomicInteger requests = new AtomicInteger();

  InFlightLimit(int most) {
    this.most = most;
  }

  @Override
  public HttpResponse serve(HttpService delegate, ServiceRequestContext ctx, HttpRequest request)
      throws Exception {
    if (requests.incrementAndGet() > most) {
      requests.decrementAndGet();
      throw new RequestException(
          ErrorCode.UNAVAILABLE, "the server is answering " + most + " requests; try again later");
    }
    CompletableFuture<Void> unused = ctx.log().whenComplete().thenRun(requests::decrementAndGet);
    return delegate.serve(ctx, request);
  }

  /** How many requests are being answered. */
  int requests() {
    return requests.get();
  }
}
