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
import java.util.stream.Stream;

/**
 * The first line of a CSV file.
 *
 * @param delimiter comma, tab, semicolon or bar: whichever stands most often in the line
 * @param columns the names, without blanks at their ends
 */
record CsvHeader(char delimiter, ImmutableList<String> columns) {
  private static final String DELIMITERS = ",\t;|";

  /**
   * @throws InvalidInputException if the file is empty or a name stands twice
   */
  static CsvHeader read(WorkDatabase database, Path file) throws SQLException {
    ImmutableList<String> lines =
        database.query(
            String.format(
                "SELECT line FROM read_csv(%s, auto_detect = false, header = false,"
                    + " delim = chr(1), quote = '', escape = '', strict_mode = false,"
                    + " columns = {'line': 'VARCHAR'}) LIMIT 1",
                DuckDb.text(file.toString())),
            row -> row.getString(1));
    if (lines.isEmpty() || lines.get(0) == null || lines.get(0).isBlank()) {
      throw new InvalidInputException(file + ": is empty, expected a header with column names");
    }
    return parse(lines.get(0), file.toString());
  }

  /**
   * @param where names the file in messages
   */
  static CsvHeader parse(String line, String where) {
    char delimiter =
        Stream.of(',', '\t', ';', '|')
            .max(
                Comparator.comparingInt((Character c) -> split(line, c).size())
                    .thenComparing(c -> -DELIMITERS.indexOf(c)))
            .orElseThrow();
    ImmutableList.Builder<String> columns = ImmutableList.builder();
    Set<String> seen = new HashSet<>();
    int position = 0;
    for (String field : split(line, delimiter)) {
      String name = field.isEmpty() ? "column" + position : field;
      position++;
      if (!seen.add(name.toLowerCase(Locale.ROOT))) {
        throw new InvalidInputException(
            String.format(
                "%s: the header has '%s' twice (case does not count), expected each name once",
                where, name));
      }
      columns.add(name);
    }
    return new CsvHeader(delimiter, columns.build());
  }

  private static ImmutableList<String> split(String line, char delimiter) {
    ImmutableList.Builder<String> fields = ImmutableList.builder();
    StringBuilder field = new StringBuilder();
    boolean quoted = false;
    for (char c : line.toCharArray()) {
      if (c == '"') {
        quoted = !quoted;
      }
      if (c == delimiter && !quoted) {
        fields.add(unquote(field.toString()));
        field.setLength(0);
      } else {
        field.append(c);
      }
    }
    return fields.add(unquote(field.toString())).build();
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
        "read_csv(%s, auto_detect = false, header = true, delim = %s, quote = '\"', escape = '\"',"
            + " columns = %s)",
        files, delimiter == '\t' ? "chr(9)" : DuckDb.text(String.valueOf(delimiter)), types);
  }
}
