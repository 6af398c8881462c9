package io.scenerank.data.prepare;

import com.google.common.collect.ImmutableList;
import io.scenerank.data.DuckDb;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Checks lines that end in different ways: DuckDB reads them only if it is told to overlook what is
 * not well formed.
 */
final class WellFormedLines {
  private WellFormedLines() {}

  /** A message about the first line that is not a row by itself. */
  static Optional<String> firstOther(WorkDatabase database, CsvTable table) throws SQLException {
    String bad = CsvLines.FILLED + " AND NOT " + isRow(table);
    String all = CsvLines.of(table.files()).sql();
    if (database.number("SELECT count(*) FROM " + all + " WHERE " + bad) == 0) {
      return Optional.empty();
    }
    List<String> found = new ArrayList<>();
    for (Path file : table.files()) {
      database.query(
          String.format(
              "SELECT n, line FROM (SELECT row_number() OVER () AS n, line FROM %s) WHERE %s"
                  + " ORDER BY n LIMIT 1",
              CsvLines.of(ImmutableList.of(file)).sql(), bad),
          row ->
              found.add(
                  String.format(
                      Locale.ROOT,
                      "%s: line %d does not have %d fields; quoted fields of several lines are not"
                          + " possible in a file whose lines end in different ways: %s",
                      file,
                      row.getLong(1),
                      table.first().columns().size(),
                      CsvFailure.shortened(row.getString(2)))));
    }
    return found.stream().findFirst();
  }

  private static String isRow(CsvTable table) {
    LineForm form = LineForm.of(table.first());
    String mark = table.first().delimiter();
    String quote = table.format().quoteMark();
    return quote.isEmpty() || mark.length() > 1
        ? form.plain()
        : String.format(
            "CASE WHEN contains(line, %s) THEN %s ELSE %s END",
            DuckDb.text(quote), form.quoted(table.format(), mark), form.plain());
  }
}
