package io.scenerank.data.prepare;

import com.google.common.collect.ImmutableList;
import io.scenerank.config.InvalidInputException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How raw CSV files are written, as far as the files themselves do not tell; Parquet files have no
 * need of it.
 *
 * @param delimiter what separates fields, up to four bytes as {@code ::}; empty: the first line
 *     tells
 * @param header whether the first line holds the columns' names
 * @param names the columns' names, instead of those of the first line; empty: those of the first
 *     line, or {@code column0}, {@code column1}, … where there is no header
 * @param quote the mark around a field that holds delimiters or line breaks; empty: there is none;
 *     null: the double quote, unless fields over several lines look like rows
 * @param escape the mark before a quote within a quoted field; null: the quote itself, twice
 */
public record CsvDescription(
    String delimiter,
    boolean header,
    ImmutableList<String> names,
    @Nullable String quote,
    @Nullable String escape) {
  private static final int LONGEST = 4;

  /** The first line tells all. */
  public static final CsvDescription DEFAULT =
      new CsvDescription("", true, ImmutableList.of(), null, null);

  private static final String QUOTE = "\"";

  /**
   * @throws InvalidInputException if the delimiter is none, or a name is empty or occurs twice
   */
  public CsvDescription {
    require(
        delimiter.getBytes(StandardCharsets.UTF_8).length <= LONGEST
            && delimiter.chars().noneMatch(c -> c == '\n' || c == '\r' || c == '"'),
        "delimiter is '" + delimiter + "', expected at most four characters without line breaks");
    requireMark("quote", quote);
    requireMark("escape", escape);
    Set<String> seen = new HashSet<>();
    for (String name : names) {
      require(!name.isBlank(), "names: a name is empty");
      require(
          seen.add(name.toLowerCase(Locale.ROOT)),
          "names: '" + name + "' occurs twice (case does not count), expected each name once");
    }
  }

  /** The defaults where a key is null. */
  static CsvDescription of(
      @Nullable String delimiter,
      @Nullable Boolean header,
      @Nullable Iterable<String> names,
      @Nullable String quote,
      @Nullable String escape) {
    return new CsvDescription(
        delimiter == null ? "" : delimiter,
        header == null || header,
        names == null ? ImmutableList.of() : ImmutableList.copyOf(names),
        quote,
        escape);
  }

  private static void requireMark(String key, @Nullable String mark) {
    require(
        mark == null
            || mark.isEmpty()
            || (mark.length() == 1 && mark.charAt(0) > ' ' && mark.charAt(0) < 127),
        key + " is '" + mark + "', expected one ASCII character, or \"\" for none");
  }

  /** The same with these marks around fields. */
  CsvDescription withQuotes(@Nullable String newQuote, @Nullable String newEscape) {
    return new CsvDescription(delimiter, header, names, newQuote, newEscape);
  }

  /** The same, but the first line is a row. */
  CsvDescription withoutHeader() {
    return new CsvDescription(delimiter, false, names, quote, escape);
  }

  /** The same with these names of columns. */
  CsvDescription withNames(ImmutableList<String> newNames) {
    return new CsvDescription(delimiter, header, newNames, quote, escape);
  }

  /** The mark around fields; empty if there is none. */
  String quoteMark() {
    return quote == null ? QUOTE : quote;
  }

  /** The mark before a quote in a quoted field; empty if no field is quoted. */
  String escapeMark() {
    return escape == null || escape.isEmpty() || quoteMark().isEmpty() ? quoteMark() : escape;
  }

  private static void require(boolean condition, String problem) {
    if (!condition) {
      throw new InvalidInputException(problem);
    }
  }
}
