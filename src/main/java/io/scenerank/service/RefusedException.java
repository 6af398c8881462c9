package io.scenerank.service;

import io.scenerank.PublicApi;

/** A call of a {@link RankingService} that is not computed; the service stays as it is. */
@PublicApi
public abstract sealed class RefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private RefusedException(String message) {
    super(message, null, false, false); // Under overload a stack trace costs more than the call.
  }

  /** The reason in one word, as {@code overloaded}. */
  public abstract String reason();

  /** Too many calls wait or are computed: try again later, or elsewhere. */
  public static final class Overloaded extends RefusedException {
    private static final long serialVersionUID = 1L;

    Overloaded(String message) {
      super(message);
    }

    @Override
    public String reason() {
      return "overloaded";
    }
  }

  /** The time of the call was over before it was computed. */
  public static final class DeadlineExceeded extends RefusedException {
    private static final long serialVersionUID = 1L;

    DeadlineExceeded(String message) {
      super(message);
    }

    @Override
    public String reason() {
      return "deadline_exceeded";
    }
  }

  /** No version takes calls, or not the one that the call names. */
  public static final class NotAvailable extends RefusedException {
    private static final long serialVersionUID = 1L;

    NotAvailable(String message) {
      super(message);
    }

    @Override
    public String reason() {
      return "not_available";
    }
  }

  /** The service is closed. */
  public static final class Closed extends RefusedException {
    private static final long serialVersionUID = 1L;

    Closed(String message) {
      super(message);
    }

    @Override
    public String reason() {
      return "closed";
    }
  }
}
