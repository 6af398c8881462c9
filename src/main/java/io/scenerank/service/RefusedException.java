package io.scenerank.service;

import io.scenerank.PublicApi;

/** A call of a {@link RankingService} that is not computed; the service stays as it is. */
@PublicApi
public abstract sealed class RefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String reason;

  private RefusedException(String reason, String message) {
    super(message, null, false, false); // Under overload a stack trace costs more than the call.
    this.reason = reason;
  }

  /** The reason in one word, as {@code overloaded}. */
  public final String reason() {
    return reason;
  }

  /** Too many calls wait or are computed: try again later, or elsewhere. */
  public static final class Overloaded extends RefusedException {
    private static final long serialVersionUID = 1L;

    Overloaded(String message) {
      super("overloaded", message);
    }
  }

  /** The time of the call was over before it was computed. */
  public static final class DeadlineExceeded extends RefusedException {
    private static final long serialVersionUID = 1L;

    DeadlineExceeded(String message) {
      super("deadline_exceeded", message);
    }
  }

  /** No version takes calls, or not the one that the call names. */
  public static final class NotAvailable extends RefusedException {
    private static final long serialVersionUID = 1L;

    NotAvailable(String message) {
      super("not_available", message);
    }
  }

  /** The service is closed. */
  public static final class Closed extends RefusedException {
    private static final long serialVersionUID = 1L;

    Closed(String message) {
      super("closed", message);
    }
  }
}
