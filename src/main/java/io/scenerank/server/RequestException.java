package io.scenerank.server;

import com.google.common.base.CharMatcher;
import io.scenerank.config.SpellingHint;
import java.util.Set;

/** A request that cannot be answered, with the one line that its sender reads. */
final class RequestException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private static final int LONGEST = 500;

  private final ErrorCode code;

  RequestException(ErrorCode code, String message) {
    // Wrong requests may come by the thousand, and nobody reads where in the code each was found.
    super(message, null, false, false);
    this.code = code;
  }

  static RequestException invalid(String message) {
    return new RequestException(ErrorCode.INVALID_ARGUMENT, message);
  }

  static RequestException notFound(String message) {
    return new RequestException(ErrorCode.NOT_FOUND, message);
  }

  static RequestException tooManyRows(int most) {
    return invalid("the request has more than " + most + " rows, the most that the server takes");
  }

  static RequestException unknownInput(String name, Set<String> inputs) {
    return invalid("feature '" + name + "' is not an input" + SpellingHint.hint(name, inputs));
  }

  ErrorCode code() {
    return code;
  }

  /** The message as one line of a length that any client takes, for every request. */
  String line() {
    String line = CharMatcher.javaIsoControl().replaceFrom(String.valueOf(getMessage()), ' ');
    return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "…";
  }
}
