package io.scenerank.server;

import com.linecorp.armeria.common.ContentTooLargeException;
import com.linecorp.armeria.server.RequestTimeoutException;
import io.scenerank.config.InvalidInputException;
import io.scenerank.serve.Ranker.RankerClosedException;
import io.scenerank.service.RefusedException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** Says in one line and with a code why a request failed. */
final class Failures {
  private Failures() {}

  /** What the sender of a request is told; nothing of the program's inside. */
  static RequestException explain(Throwable thrown) {
    Throwable cause = cause(thrown);
    if (cause instanceof RequestException known) {
      return known;
    }
    if (cause instanceof InvalidInputException) {
      return RequestException.invalid(String.valueOf(cause.getMessage()));
    }
    if (cause instanceof RankerClosedException) {
      return new RequestException(ErrorCode.UNAVAILABLE, "the version was replaced; ask again");
    }
    if (cause instanceof RefusedException refused) {
      return new RequestException(code(refused), String.valueOf(refused.getMessage()));
    }
    if (cause instanceof RequestTimeoutException) {
      return new RequestException(
          ErrorCode.DEADLINE_EXCEEDED, "the request took longer than the server's time limit");
    }
    if (cause instanceof ContentTooLargeException) {
      return RequestException.invalid("the body is longer than the server's limit");
    }
    return new RequestException(ErrorCode.INTERNAL, "the server failed; its log says why");
  }

  private static ErrorCode code(RefusedException refused) {
    if (refused instanceof RefusedException.NotAvailable) {
      return ErrorCode.NOT_FOUND;
    }
    return refused instanceof RefusedException.DeadlineExceeded
        ? ErrorCode.DEADLINE_EXCEEDED
        : ErrorCode.UNAVAILABLE;
  }

  /** Whether nobody expected the failure, so that the server's log must tell of it. */
  static boolean isUnexpected(Throwable thrown) {
    return explain(thrown).code() == ErrorCode.INTERNAL;
  }

  private static Throwable cause(Throwable thrown) {
    Throwable cause = thrown;
    while ((cause instanceof CompletionException || cause instanceof ExecutionException)
        && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }
}
