package io.scenerank.server;

import com.linecorp.armeria.common.grpc.protocol.ArmeriaStatusException;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.grpc.protocol.AbstractUnaryGrpcService;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** A method of a gRPC service, from the bytes of a message to those of another. */
final class GrpcMethod extends AbstractUnaryGrpcService {
  private final Work work;
  private final Consumer<Throwable> log;

  /** Answers a message, within a time. */
  interface Work {
    CompletionStage<byte[]> answer(byte[] message, Duration limit);
  }

  /**
   * @param log gets what nobody expected
   */
  GrpcMethod(Work work, Consumer<Throwable> log) {
    this.work = work;
    this.log = log;
  }

  @Override
  protected CompletionStage<byte[]> handleMessage(ServiceRequestContext ctx, byte[] message) {
    CompletableFuture<byte[]> answer = new CompletableFuture<>();
    CompletableFuture<byte[]> unused =
        CompletableFuture.completedFuture(message)
            .thenComposeAsync(
                bytes -> work.answer(bytes, JsonAnswers.limit(ctx)), ctx.blockingTaskExecutor())
            .whenComplete(
                (bytes, thrown) -> {
                  if (thrown == null) {
                    answer.complete(bytes);
                  } else {
                    answer.completeExceptionally(status(thrown));
                  }
                });
    return answer;
  }

  private ArmeriaStatusException status(Throwable thrown) {
    if (Failures.isUnexpected(thrown)) {
      log.accept(thrown);
    }
    RequestException failure = Failures.explain(thrown);
    return new ArmeriaStatusException(failure.code().grpc(), failure.line());
  }
}
