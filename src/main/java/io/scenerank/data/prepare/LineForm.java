package io.scenerank.data.prepare;

import io.scenerank.data.DuckDb;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Whether a line of a CSV file is a whole row, in SQL over {@code line}.
 *
 * @param delimiter in SQL
 * @param fields how many a row has
 */
record LineForm(String delimiter, int fields) {
  private static final int MOST_COUNTED = 200; // a longer pattern may be too large for RE2

  static LineForm of(CsvHeader header) {
    return new LineForm(header.delimiterSql(), header.columns().size());
  }

  /** The number of delimiters of a text, also of those within quotes. */
  String delimiters(String text) {
    return String.format(
        "((length(%1$s) - length(replace(%1$s, %2$s, ''))) // length(%2$s))", text, delimiter);
  }

  /** Whether a line is a row if quotes mean nothing; an empty field at its end does not count. */
  String plain() {
    return String.format(
        Locale.ROOT,
        "(%1$s = %2$d OR (%1$s = %3$d AND ends_with(line, %4$s)))",
        delimiters("line"),
        fields - 1,
        fields,
        delimiter);
  }

  /**
   * Whether a line is a row with fields in quotes.
   *
   * @param format with a quote
   * @param mark the delimiter, a single character
   */
  String quoted(CsvDescription format, String mark) {
    String quote = Pattern.quote(format.quoteMark());
    String escaped =
        format.escapeMark().equals(format.quoteMark())
            ? quote + quote
            : Pattern.quote(format.escapeMark()) + ".";
    String field =
        String.format(
            "(?:%1$s(?:%2$s|[^%3$s%4$s])*%1$s|[^%3$s%5$s][^%5$s]*|)",
            quote,
            escaped,
            inClass(format.quoteMark()),
            inClass(format.escapeMark()),
            inClass(mark));
    String more =
        String.format(
            "(?s)%1$s(?:%2$s%1$s)%3$s%2$s?",
            field, Pattern.quote(mark), fields > MOST_COUNTED ? "*" : "{" + (fields - 1) + "}");
    return String.format("regexp_full_match(line, %s)", DuckDb.text(more));
  }

  /** A character within brackets; RE2 takes no backslash before a letter or a digit. */
  private static String inClass(String mark) {
    return String.format("\\x{%x}", mark.codePointAt(0));
  }
}
