package io.scenerank.cli;

import com.google.common.collect.ImmutableList;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.prepare.CsvDescription;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How CSV files are written, where a description is guessed. */
final class CsvOptions {
  private static final Pattern ESCAPE =
      Pattern.compile("\\\\(?:t|x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4}))");

  @Option(
      names = "--delimiter",
      paramLabel = "TEXT",
      description = {
        "With --guess: what separates the fields of CSV files, for example '::', '\\t' or '\\x01'.",
        "Default: found from the first line."
      })
  private @Nullable String delimiter;

  @Option(
      names = "--no-header",
      description = "With --guess: the first line of CSV files is a row, not a header.")
  private boolean noHeader;

  @Option(
      names = "--names",
      paramLabel = "NAME",
      split = ",",
      description = "With --guess: names of all columns, separated by commas.")
  private String @Nullable [] names;

  /**
   * @throws InvalidInputException if the delimiter or a name is none
   */
  CsvDescription description() {
    return new CsvDescription(
        delimiter == null ? "" : unescaped(delimiter),
        !noHeader,
        names == null ? ImmutableList.of() : ImmutableList.copyOf(names),
        null,
        null);
  }

  /**
   * @throws InvalidInputException if an option is given
   */
  void requireNone(String why) {
    if (delimiter != null || noHeader || names != null) {
      throw new InvalidInputException("--delimiter, --no-header and --names " + why);
    }
  }

  /** A shell hardly takes a tab or a control character. */
  private static String unescaped(String text) {
    return ESCAPE
        .matcher(text)
        .replaceAll(escape -> Matcher.quoteReplacement(String.valueOf(character(escape))));
  }

  private static char character(MatchResult escape) {
    String digits = escape.group(1) == null ? escape.group(2) : escape.group(1);
    return digits == null ? '\t' : (char) Integer.parseInt(digits, 16);
  }
}
