package io.scenerank.data.prepare;

import com.google.common.collect.ImmutableSet;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds the names in an SQL expression, of columns and of functions alike. */
final class SqlNames {
  private static final Pattern TOKEN =
      Pattern.compile(
          "'(?:[^']|'')*'|\"((?:[^\"]|\"\")*)\"|([\\p{L}_][\\p{L}\\p{M}\\p{N}_$]*)|[0-9][\\w.]*|.",
          Pattern.DOTALL);

  private static final ImmutableSet<String> CONSTANTS = ImmutableSet.of("true", "false", "null");

  private SqlNames() {}

  /** The names in small letters, since DuckDB does not tell their case apart. */
  static ImmutableSet<String> in(String expression) {
    ImmutableSet.Builder<String> names = ImmutableSet.builder();
    Matcher token = TOKEN.matcher(expression);
    while (token.find()) {
      name(token).ifPresent(names::add);
    }
    return names.build();
  }

  /** The name that the expression consists of, in small letters, if it is no more than one. */
  static Optional<String> single(String expression) {
    String stripped = expression.strip();
    Matcher token = TOKEN.matcher(stripped);
    return token.matches() && !CONSTANTS.contains(stripped.toLowerCase(Locale.ROOT))
        ? name(token)
        : Optional.empty();
  }

  private static Optional<String> name(Matcher token) {
    String quoted = token.group(1);
    return Optional.ofNullable(quoted == null ? token.group(2) : quoted.replace("\"\"", "\""))
        .map(name -> name.toLowerCase(Locale.ROOT));
  }
}
