package io.scenerank.server;

import com.google.common.collect.ImmutableSet;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.DecoratingHttpServiceFunction;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/** Lets requests pass that have {@code authorization: Bearer TOKEN}. */
final class BearerToken implements DecoratingHttpServiceFunction {
  private final byte[] expected;
  private final ImmutableSet<String> open;

  /**
   * @param open paths that need no token
   */
  BearerToken(String token, ImmutableSet<String> open) {
    this.expected = bytes("Bearer " + token);
    this.open = open;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public HttpResponse serve(HttpService delegate, ServiceRequestContext ctx, HttpRequest request)
      throws Exception {
    String found = request.headers().get(HttpHeaderNames.AUTHORIZATION, "");
    // Compared in a time that does not depend on where they differ.
    if (!open.contains(ctx.path()) && !MessageDigest.isEqual(bytes(found), expected)) {
      throw new RequestException(
          ErrorCode.UNAUTHENTICATED, "found no 'authorization: Bearer TOKEN' with the right token");
    }
    return delegate.serve(ctx, request);
  }
}
