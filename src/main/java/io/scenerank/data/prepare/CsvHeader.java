package io.scenerank.data.prepare;

import com.google.common.base.CharMatcher;
import com.google.common.collect.ImmutableList;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.DuckDb;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What the first line of a CSV file says: the first one that is not blank.
 *
 * @param delimiter as described; else whichever makes the most fields of the line
 * @param columns the names, without blanks at their ends
 * @param blank how many blank lines are before it
 */
record CsvHeader(String delimiter, ImmutableList<String> columns, int blank) {
  private static final ImmutableList<String> DELIMITERS =
      ImmutableList.of(",", "\t", ";", "|", "::", "\u0001", "^");
  private static final int MOST_BLANK = 1000;

  /**
   * @throws InvalidInputException if the file is empty, a name occurs twice, or there are more or
   *     fewer described names than fields
   */
  static CsvHeader read(WorkDatabase database, Path file, CsvDescription csv) throws SQLException {
    ImmutableList<String> lines =
        database.query(
            "SELECT coalesce(line, '') FROM "
                + CsvLines.of(ImmutableList.of(file)).sql()
                + " LIMIT "
                + MOST_BLANK,
            row -> row.getString(1));
    int blank = 0;
    while (blank < lines.size() && lines.get(blank).isBlank()) {
      blank++;
    }
    if (blank == lines.size()) {
      throw new InvalidInputException(
          file + ": is empty, expected a header with column names and rows");
    }
    return parse(lines.get(blank), blank, csv, file.toString());
  }

  /**
   * @param where names the file in messages
   */
  private static CsvHeader parse(String line, int blank, CsvDescription csv, String where) {
    String quote = csv.quoteMark();
    String delimiter = csv.delimiter().isEmpty() ? delimiter(line, quote) : csv.delimiter();
    ImmutableList<String> fields = split(line, delimiter, quote);
    if (!csv.names().isEmpty()) {
      requireAsMany(csv.names(), fields, where);
      return new CsvHeader(delimiter, csv.names(), blank);
    }
    return new CsvHeader(delimiter, csv.header() ? names(fields, where) : numbered(fields), blank);
  }

  private static String delimiter(String line, String quote) {
    return DELIMITERS.stream()
        .max(
            Comparator.comparingInt((String d) -> split(line, d, quote).size())
                .thenComparing(d -> -DELIMITERS.indexOf(d)))
        .orElseThrow();
  }

  private static void requireAsMany(
      ImmutableList<String> names, ImmutableList<String> fields, String where) {
    if (names.size() != fields.size()) {
      throw new InvalidInputException(
          String.format(
              Locale.ROOT,
              "%s: the first line has %d fields, %s, but names has %d, %s",
              where,
              fields.size(),
              fields,
              names.size(),
              names));
    }
  }

  private static ImmutableList<String> numbered(ImmutableList<String> fields) {
    return IntStream.range(0, fields.size())
        .mapToObj(CsvHeader::numbered)
        .collect(ImmutableList.toImmutableList());
  }

  /** How a column is called that has no name. */
  private static String numbered(int position) {
    return "column" + position;
  }

  private static ImmutableList<String> names(ImmutableList<String> fields, String where) {
    ImmutableList.Builder<String> columns = ImmutableList.builder();
    Set<String> seen = new HashSet<>();
    int position = 0;
    for (String field : fields) {
      String name = field.isEmpty() ? numbered(position) : field;
      position++;
      if (!seen.add(name.toLowerCase(Locale.ROOT))) {
        throw new InvalidInputException(
            String.format(
                "%s: the header has '%s' twice (case does not count), expected each name once%s",
                where, name, hint(fields)));
      }
      columns.add(name);
    }
    return columns.build();
  }

  /** What to do where names look like values; empty where they do not. */
  static String hint(Collection<String> names) {
    return names.stream().anyMatch(name -> name.matches("-?[0-9]+(\\.[0-9]+)?"))
        ? "; if the first line is a row, write 'header: false' and 'names: [...]'"
        : "";
  }

  private static ImmutableList<String> split(String line, String delimiter, String quote) {
    ImmutableList.Builder<String> fields = ImmutableList.builder();
    boolean quoted = false;
    int begin = 0;
    for (int i = 0; i < line.length(); i++) {
      if (!quote.isEmpty() && line.charAt(i) == quote.charAt(0)) {
        quoted = !quoted;
      } else if (!quoted && i >= begin && line.startsWith(delimiter, i)) {
        fields.add(unquote(line.substring(begin, i), quote));
        begin = i + delimiter.length();
      }
    }
    return fields.add(unquote(line.substring(begin), quote)).build();
  }

  private static String unquote(String field, String quote) {
    String trimmed = CharMatcher.whitespace().or(CharMatcher.is('\ufeff')).trimFrom(field);
    return !quote.isEmpty()
            && trimmed.length() > 1
            && trimmed.startsWith(quote)
            && trimmed.endsWith(quote)
        ? trimmed.substring(1, trimmed.length() - 1).replace(quote + quote, quote).strip()
        : trimmed;
  }

  /** Whether other files with this header belong to the same table. */
  boolean isLike(CsvHeader other) {
    return delimiter.equals(other.delimiter) && columns.equals(other.columns);
  }

  /**
   * The rows of files that have this header, every value as text.
   *
   * @param strict whether DuckDB refuses what is not well formed; else it reads lines that end in
   *     different ways too
   */
  String relation(ImmutableList<Path> files, CsvDescription format, boolean strict) {
    String types =
        columns.stream()
            .map(name -> DuckDb.text(name) + ": 'VARCHAR'")
            .collect(Collectors.joining(", ", "{", "}"));
    return String.format(
        Locale.ROOT,
        "read_csv(%s, auto_detect = false, header = %s, skip = %d, delim = %s, %s,"
            + " strict_mode = %s, hive_partitioning = false, filename = '%s', columns = %s)",
        CsvLines.list(files),
        format.header(),
        blank,
        delimiterSql(),
        quotes(format),
        strict,
        Partitions.FILE,
        types);
  }

  /** The delimiter in SQL. */
  String delimiterSql() {
    return switch (delimiter) {
      case "\t" -> "chr(9)";
      case "\u0001" -> "chr(1)";
      default -> DuckDb.text(delimiter);
    };
  }

  private static String quotes(CsvDescription format) {
    return String.format(
        "quote = %s, escape = %s",
        DuckDb.text(format.quoteMark()), DuckDb.text(format.escapeMark()));
  }
}
