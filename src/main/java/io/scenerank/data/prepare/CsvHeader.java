package io.scenerank.data.prepare;

import com.google.common.base.CharMatcher;
import com.google.common.collect.ImmutableList;
import io.scenerank.data.DuckDb;
import io.scenerank.feature.InvalidInputException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The columns of a CSV file.
 *
 * @param delimiter as described; else comma, tab, semicolon or bar: whichever occurs most often in
 *     the first line
 * @param header whether the first line holds names and no row
 * @param columns the names, without blanks at their ends
 */
record CsvHeader(String delimiter, boolean header, ImmutableList<String> columns) {
  private static final String DELIMITERS = ",\t;|";
  // Occurs in no line, so that a line is read as one field.
  private static final String NO_DELIMITER = "\u0002\u0003\u0002\u0003";

  /**
   * @throws InvalidInputException if the file is empty, a name occurs twice, or there are more or
   *     fewer described names than fields
   */
  static CsvHeader read(WorkDatabase database, Path file, CsvDescription csv) throws SQLException {
    ImmutableList<String> lines =
        database.query(
            String.format(
                "SELECT line FROM read_csv(%s, auto_detect = false, header = false,"
                    + " delim = %s, quote = '', escape = '', strict_mode = false,"
                    + " columns = {'line': 'VARCHAR'}) LIMIT 1",
                DuckDb.text(file.toString()), DuckDb.text(NO_DELIMITER)),
            row -> row.getString(1));
    if (lines.isEmpty() || lines.get(0) == null || lines.get(0).isBlank()) {
      throw new InvalidInputException(file + ": is empty, expected a header with column names");
    }
    return parse(lines.get(0), csv, file.toString());
  }

  /**
   * @param where names the file in messages
   */
  static CsvHeader parse(String line, CsvDescription csv, String where) {
    String delimiter = csv.delimiter().isEmpty() ? delimiter(line) : csv.delimiter();
    ImmutableList<String> fields = split(line, delimiter);
    if (!csv.names().isEmpty()) {
      requireAsMany(csv.names(), fields, where);
      return new CsvHeader(delimiter, csv.header(), csv.names());
    }
    return new CsvHeader(
        delimiter, csv.header(), csv.header() ? names(fields, where) : numbered(fields));
  }

  private static String delimiter(String line) {
    return Stream.of(",", "\t", ";", "|")
        .max(
            Comparator.comparingInt((String d) -> split(line, d).size())
                .thenComparing(d -> -DELIMITERS.indexOf(d)))
        .orElseThrow();
  }

  private static void requireAsMany(
      ImmutableList<String> names, ImmutableList<String> fields, String where) {
    if (names.size() != fields.size()) {
      throw new InvalidInputException(
          String.format(
              "%s: the first line has %d fields, %s, but names has %d, %s",
              where, fields.size(), fields, names.size(), names));
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
                "%s: the header has '%s' twice (case does not count), expected each name once",
                where, name));
      }
      columns.add(name);
    }
    return columns.build();
  }

  private static ImmutableList<String> split(String line, String delimiter) {
    ImmutableList.Builder<String> fields = ImmutableList.builder();
    int begin = 0;
    boolean quoted = false;
    for (int i = 0; i < line.length(); i++) {
      quoted ^= line.charAt(i) == '"';
      if (!quoted && line.startsWith(delimiter, i)) {
        fields.add(unquote(line.substring(begin, i)));
        begin = i + delimiter.length();
        i = begin - 1;
      }
    }
    return fields.add(unquote(line.substring(begin))).build();
  }

  private static String unquote(String field) {
    String trimmed = CharMatcher.whitespace().or(CharMatcher.is('\ufeff')).trimFrom(field);
    return trimmed.length() > 1 && trimmed.startsWith("\"") && trimmed.endsWith("\"")
        ? trimmed.substring(1, trimmed.length() - 1).replace("\"\"", "\"").strip()
        : trimmed;
  }

  /** The rows of files that have this header, every value as text. */
  String relation(String files) {
    String types =
        columns.stream()
            .map(name -> DuckDb.text(name) + ": 'VARCHAR'")
            .collect(Collectors.joining(", ", "{", "}"));
    return String.format(
        "read_csv(%s, auto_detect = false, header = %s, delim = %s, quote = '\"', escape = '\"',"
            + " columns = %s)",
        files, header, DuckDb.text(delimiter), types);
  }
}
