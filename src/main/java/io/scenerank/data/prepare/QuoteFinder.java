package io.scenerank.data.prepare;

import com.google.common.collect.ImmutableList;
import io.scenerank.data.DuckDb;
import java.sql.SQLException;
import java.util.List;

/**
 * Finds out what the quotes of CSV files mean: marks around fields, with quotes in them doubled or
 * behind a backslash, or nothing.
 */
final class QuoteFinder {
  private static final String BACKSLASH = "\\";

  private QuoteFinder() {}

  /**
   * Of the lines with quotes, how many there are and how many are rows by each reading.
   *
   * @param doubled by quotes that are written twice
   * @param escaped by quotes behind a backslash
   * @param plain by quotes that mean nothing
   */
  private record Rows(long all, long doubled, long escaped, long plain) {}

  /** The format with the reading that fits all lines; the usual one where none does. */
  static CsvDescription find(WorkDatabase database, CsvTable table) throws SQLException {
    if (table.lines().quoted() == 0) {
      return table.format();
    }
    CsvDescription escaped = table.format().withQuotes(null, BACKSLASH);
    List<CsvDescription> quoted = List.of(table.format(), escaped);
    if (isQuotedBetweenTexts(database, table)) {
      for (CsvDescription format : quoted) {
        if (reads(database, table.with(format))) {
          return format;
        }
      }
    }
    Rows rows = count(database, table);
    CsvDescription plain = table.format().withQuotes("", null);
    if (rows.doubled == rows.all) {
      return table.format();
    }
    if (rows.escaped == rows.all) {
      return escaped;
    }
    if (rows.plain == rows.all) {
      return plain;
    }
    // Fields over several lines: what DuckDB reads without an objection.
    for (CsvDescription format : quoted) {
      if (reads(database, table.with(format))) {
        return format;
      }
    }
    return table.format();
  }

  /** Whether fields between delimiters of several characters begin with quotes. */
  private static boolean isQuotedBetweenTexts(WorkDatabase database, CsvTable table)
      throws SQLException {
    String mark = table.first().delimiter();
    String quote = table.format().quoteMark();
    return mark.length() > 1
        && database.number(
                String.format(
                    "SELECT count(*) FROM %s WHERE starts_with(line, %s) OR contains(line, %s)",
                    CsvLines.of(table.files()).sql(),
                    DuckDb.text(quote),
                    DuckDb.text(mark + quote)))
            > 0;
  }

  private static Rows count(WorkDatabase database, CsvTable table) throws SQLException {
    LineForm form = LineForm.of(table.first());
    String mark = table.first().delimiter();
    boolean single = mark.length() == 1;
    String doubled = single ? form.quoted(table.format(), mark) : "false";
    String escaped =
        single ? form.quoted(table.format().withQuotes(null, BACKSLASH), mark) : "false";
    String select =
        ImmutableList.of(doubled, escaped, form.plain()).stream()
            .map(reading -> ", count(*) FILTER (" + reading + ")")
            .reduce("SELECT count(*)", String::concat);
    return database
        .query(
            String.format(
                "%s FROM %s WHERE contains(line, %s)",
                select, CsvLines.of(table.files()).sql(), DuckDb.text(table.format().quoteMark())),
            row -> new Rows(row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4)))
        .get(0);
  }

  private static boolean reads(WorkDatabase database, CsvTable table) {
    try {
      database.number("SELECT count(*) FROM " + table.relation());
      return true;
    } catch (SQLException e) {
      return false;
    }
  }
}
