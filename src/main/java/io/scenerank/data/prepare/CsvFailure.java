package io.scenerank.data.prepare;

import io.scenerank.config.InvalidInputException;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Says in one line what DuckDB says of a CSV file in many. */
final class CsvFailure {
  private static final Pattern LINE = Pattern.compile("CSV Error on Line: (\\d+)");
  private static final Pattern FILE = Pattern.compile("(?m)^\\s*file = (.*)$");
  private static final Pattern ORIGINAL = Pattern.compile("Original Line: (.*)");
  private static final Pattern FIELDS =
      Pattern.compile("Expected Number of Columns: (\\d+) Found: (\\d+)");
  private static final int LONGEST = 120;

  private static final String QUOTES =
      "a quoted field does not end as expected; in the description, 'quote: \"\"' makes quotes part"
          + " of the values, 'escape: \"\\\\\"' makes a backslash escape a quote within a field";

  private CsvFailure() {}

  /**
   * The failure of a CSV file.
   *
   * @param label names the files where DuckDB does not name one
   */
  static Optional<InvalidInputException> of(SQLException e, String label) {
    String message = String.valueOf(e.getMessage());
    Optional<String> line = first(LINE, message, found -> found.group(1));
    if (line.isEmpty()) {
      return Optional.empty();
    }
    String what = what(message, e);
    String text = first(ORIGINAL, message, found -> ": " + shortened(found.group(1))).orElse("");
    return Optional.of(
        new InvalidInputException(
            String.format(
                "%s: line %s %s%s",
                first(FILE, message, found -> found.group(1)).orElse(label),
                line.get(),
                what,
                text),
            e));
  }

  private static String what(String message, SQLException e) {
    if (message.contains("Maximum line size")) {
      return "is longer than 2 MB; is a closing quote or a line end missing?";
    }
    if (message.contains("unterminated quote") || message.contains("quote should be followed")) {
      return "is not well formed: " + QUOTES;
    }
    if (message.contains("unicode") || message.contains("UTF-8")) {
      return "is not UTF-8, expected UTF-8";
    }
    return first(
            FIELDS,
            message,
            found -> String.format("has %s fields, expected %s", found.group(2), found.group(1)))
        .orElseGet(() -> "cannot be read: " + reason(e));
  }

  private static String reason(SQLException e) {
    List<String> lines =
        String.valueOf(e.getMessage()).lines().filter(line -> !line.isBlank()).toList();
    return shortened(lines.get(Math.min(2, lines.size() - 1)).strip());
  }

  private static Optional<String> first(
      Pattern pattern, String text, Function<Matcher, String> found) {
    Matcher matcher = pattern.matcher(text);
    return matcher.find() ? Optional.of(found.apply(matcher)) : Optional.empty();
  }

  /** A line of a file as a message shows it. */
  static String shortened(String line) {
    String shown = line.replaceAll("\\p{Cntrl}", " ").strip();
    return shown.codePointCount(0, shown.length()) <= LONGEST
        ? shown
        : shown.substring(0, shown.offsetByCodePoints(0, LONGEST)) + "…";
  }
}
