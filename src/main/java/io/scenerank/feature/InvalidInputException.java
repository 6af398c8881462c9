package io.scenerank.feature;

/**
 * Something that a user gave is wrong: a file, an option, a key, a value. The message is one line
 * that says where it stands, what was found and what was expected; it is shown as it is, without a
 * stack trace.
 */
public final class InvalidInputException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public InvalidInputException(String message) {
    super(message);
  }

  public InvalidInputException(String message, Throwable cause) {
    super(message, cause);
  }
}
