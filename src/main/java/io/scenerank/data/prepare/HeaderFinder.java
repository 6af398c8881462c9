package io.scenerank.data.prepare;

import com.google.common.base.Strings;
import com.google.common.collect.ImmutableList;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** Finds out whether the first line of a CSV file holds names or is a row as all others. */
final class HeaderFinder {
  private static final int ROWS = 200;
  private static final double NEARLY_ALL = 0.9;
  private static final Pattern NUMBER =
      Pattern.compile("[-+]?([0-9]+\\.?[0-9]*|\\.[0-9]+)(e[-+]?[0-9]+)?", Pattern.CASE_INSENSITIVE);
  private static final Pattern TIME =
      Pattern.compile("\\d{1,4}[-/.]\\d{1,2}[-/.]\\d{1,4}(\\D.*)?|\\d{1,2}:\\d{2}(\\D.*)?");

  private HeaderFinder() {}

  /** What a field of the first line says. */
  private enum Sign {
    NAME,
    VALUE,
    NOTHING
  }

  /**
   * The format, without a header where the first line is a row.
   *
   * @param file the first of the files
   */
  static CsvDescription find(WorkDatabase database, Path file, CsvDescription format)
      throws SQLException {
    if (!format.header()) {
      return format;
    }
    List<List<String>> rows = rows(database, file, format);
    return rows.size() > 1 && isRow(rows) ? format.withoutHeader() : format;
  }

  /** The first rows, the header among them. */
  private static List<List<String>> rows(WorkDatabase database, Path file, CsvDescription format)
      throws SQLException {
    CsvDescription plain = format.withoutHeader();
    CsvHeader first = CsvHeader.read(database, file, plain);
    String rows =
        "SELECT * EXCLUDE ("
            + Partitions.FILE
            + ") FROM "
            + first.relation(ImmutableList.of(file), plain, false)
            + " LIMIT "
            + ROWS;
    try {
      return database.query(rows, row -> texts(row, first.columns().size()));
    } catch (SQLException e) {
      return List.of(); // who reads all rows will say what is wrong
    }
  }

  private static List<String> texts(ResultSet row, int columns) throws SQLException {
    List<String> texts = new ArrayList<>();
    for (int i = 1; i <= columns; i++) {
      texts.add(Strings.nullToEmpty(row.getString(i)).strip());
    }
    return texts;
  }

  private static boolean isRow(List<List<String>> rows) {
    List<String> first = rows.get(0);
    List<Sign> signs = IntStream.range(0, first.size()).mapToObj(i -> sign(rows, i)).toList();
    return signs.contains(Sign.VALUE) && !signs.contains(Sign.NAME) && !isNumbered(first);
  }

  private static Sign sign(List<List<String>> rows, int column) {
    String first = rows.get(0).get(column);
    List<String> others =
        rows.subList(1, rows.size()).stream()
            .map(row -> row.get(column))
            .filter(value -> !value.isEmpty())
            .toList();
    if (first.isEmpty() || others.isEmpty()) {
      return Sign.NOTHING;
    }
    for (Pattern form : List.of(NUMBER, TIME)) {
      if (share(others, form) > NEARLY_ALL) {
        return form.matcher(first).matches() ? Sign.VALUE : Sign.NAME;
      }
    }
    if (others.contains(first)) {
      return Sign.VALUE;
    }
    boolean digits = first.chars().anyMatch(Character::isDigit);
    long alike = others.stream().filter(value -> shape(value).equals(shape(first))).count();
    return digits && alike > NEARLY_ALL * others.size()
        ? Sign.VALUE
        : RoleFinder.isKnown(NameWords.of(first)) ? Sign.NAME : Sign.NOTHING;
  }

  private static double share(List<String> values, Pattern form) {
    return (double) values.stream().filter(value -> form.matcher(value).matches()).count()
        / values.size();
  }

  /** A text whose digits and letters are one character. */
  private static String shape(String text) {
    return text.replaceAll("[0-9]+", "9").replaceAll("\\p{L}+", "a");
  }

  /** Whether the names are 0, 1, 2, … as pandas gives them. */
  private static boolean isNumbered(List<String> names) {
    return List.of(0, 1).stream()
        .anyMatch(
            from ->
                IntStream.range(0, names.size())
                    .allMatch(i -> names.get(i).equals(Integer.toString(i + from))));
  }
}
