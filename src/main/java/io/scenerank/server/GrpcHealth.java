package io.scenerank.server;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** gRPC's health protocol ({@code grpc.health.v1}), which Kubernetes and proxies ask. */
final class GrpcHealth {
  static final String CHECK = "/grpc.health.v1.Health/Check";

  private static final int SERVING = 1;
  private static final int NOT_SERVING = 2;

  private final ServedModel model;

  GrpcHealth(ServedModel model) {
    this.model = model;
  }

  /** Answers with the status (1) of the whole server, for every service. */
  CompletionStage<byte[]> check(byte[] message, Duration limit) {
    return CompletableFuture.completedFuture(
        GrpcMessage.write(out -> out.writeEnum(1, model.isReady() ? SERVING : NOT_SERVING)));
  }
}
