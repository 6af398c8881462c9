package io.scenerank.data.prepare;

import io.scenerank.config.ConfigMapper;
import java.util.Locale;
import java.util.regex.Pattern;

/** Texts of a guessed description. */
final class GuessText {
  private static final int LONGEST_EXAMPLE = 20;
  private static final int LONGEST_LIST = 50;
  private static final int USUAL_LIST = 20;

  // What YAML reads as a text without quotes.
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
  private static final Pattern YAML_WORD = Pattern.compile("(?i)y|n|yes|no|on|off|true|false|null");
  // Also what YAML takes for the end of a line, and what it does not take at all.
  private static final String NOT_PRINTABLE = "[\\p{Cc}\\u2028\\u2029\\ufeff\\ufffe\\uffff\\p{Cs}]";

  private GuessText() {}

  /** What the values of a column are. */
  static String values(ColumnProfile column) {
    StringBuilder values =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                "%s, %,d values",
                column.kind().name().toLowerCase(Locale.ROOT),
                column.distinct()));
    if (column.hasMissing()) {
      values.append(", ").append(missing(column));
    }
    return values
        .append(", such as ")
        .append(String.join(", ", column.examples().stream().map(GuessText::shortened).toList()))
        .toString();
  }

  /** Which share of a column is missing. */
  static String missing(ColumnProfile column) {
    double share = 100.0 * (column.rows() - column.present()) / column.rows();
    return String.format(Locale.ROOT, share < 1 ? "%.2g%% missing" : "%.0f%% missing", share);
  }

  /** What a description says of a sequence. */
  static String sequence(ColumnProfile column) {
    int length =
        column.kind() == RawKind.LIST
            ? (int) Math.max(1, Math.min(LONGEST_LIST, column.max()))
            : USUAL_LIST;
    return ", type: sequence, max_len: "
        + length
        + (column.delimiter().isEmpty() ? "" : ", delimiter: " + quoted(column.delimiter()));
  }

  /** What a description says of a number or a vector. */
  static String dense(ColumnProfile column) {
    return ", type: dense"
        + (column.kind() == RawKind.VECTOR && column.max() > 1
            ? ", dimension: " + (int) column.max()
            : "")
        + (column.hasMissing() ? ", missing: 0" : "");
  }

  private static String shortened(String example) {
    return example.codePointCount(0, example.length()) > LONGEST_EXAMPLE
        ? example.substring(0, example.offsetByCodePoints(0, LONGEST_EXAMPLE)) + "…"
        : example;
  }

  /** A text in a comment of one line. */
  static String comment(String text) {
    return text.replaceAll(NOT_PRINTABLE, " ");
  }

  /** A text as YAML reads it, with quotes where it needs them. */
  static String yaml(String text) {
    return PLAIN.matcher(text).matches() && !YAML_WORD.matcher(text).matches()
        ? text
        : quoted(text);
  }

  /** A text in quotes. */
  static String quoted(String text) {
    return Pattern.compile(NOT_PRINTABLE)
        .matcher(new ConfigMapper().toJson(text))
        .replaceAll(c -> String.format("\\\\u%04x", (int) c.group().charAt(0)));
  }
}
