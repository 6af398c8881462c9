package io.scenerank.config;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import io.scenerank.PublicApi;
import org.jspecify.annotations.Nullable;

/**
 * Something that a user gave is wrong: a file, an option, a key, a value. The message is one line
 * that says where the input is wrong, what was found and what was expected; it is shown as it is,
 * without a stack trace.
 */
@PublicApi
public final class InvalidInputException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ImmutableList<String> details;

  public InvalidInputException(String message) {
    super(message);
    this.details = ImmutableList.of();
  }

  public InvalidInputException(String message, @Nullable Throwable cause) {
    super(message, cause);
    this.details = ImmutableList.of();
  }

  /**
   * @param details what is wrong one by one, a line each, where one line cannot say it
   */
  public InvalidInputException(String message, ImmutableList<String> details) {
    super(message);
    this.details = details;
  }

  /**
   * This error with the place before its message, unless the message begins with it.
   *
   * @param where what the error is about, a file for instance
   */
  public InvalidInputException in(String where) {
    if (getMessage().startsWith(where)) {
      return this;
    }
    InvalidInputException named = new InvalidInputException(where + ": " + getMessage(), details);
    named.initCause(this);
    return named;
  }

  @Override
  public String getMessage() {
    return requireNonNull(super.getMessage());
  }

  /** Lines that go below the message; mostly none. */
  public ImmutableList<String> details() {
    return details;
  }
}
