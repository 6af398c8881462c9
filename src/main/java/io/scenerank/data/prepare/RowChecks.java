package io.scenerank.data.prepare;

import io.scenerank.config.InvalidInputException;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Looks for the first row in which something is wrong, in one pass over the rows for all checks.
 */
final class RowChecks {
  private final List<Check> checks = new ArrayList<>();

  /**
   * One check, in SQL.
   *
   * @param what what a message names: {@code label 'is_click'}
   * @param bad whether the row is wrong
   * @param found what is there
   */
  private record Check(String what, String bad, String found, String expected) {}

  /**
   * @param what what a message names
   * @param bad SQL, whether the row is wrong
   * @param found SQL, what is there
   * @param expected what should
   */
  void add(String what, String bad, String found, String expected) {
    checks.add(new Check(what, bad, found, expected));
  }

  /**
   * @param rows a query of the rows with their number
   * @throws InvalidInputException naming file, row, what is found and what is expected
   */
  void run(WorkDatabase database, String rows, RawSource source) throws SQLException, IOException {
    if (checks.isEmpty()) {
      return;
    }
    String first =
        checks.stream()
            .map(check -> String.format("min(%s) FILTER (%s)", RawTable.ROW, check.bad))
            .collect(Collectors.joining(", "));
    record Failed(Check check, long row) {}
    List<Failed> failed = new ArrayList<>();
    database.query(
        "SELECT " + first + " FROM (" + rows + ")",
        row -> {
          for (int i = 0; i < checks.size(); i++) {
            long number = row.getLong(i + 1);
            if (!row.wasNull()) {
              failed.add(new Failed(checks.get(i), number));
            }
          }
          return row;
        });
    if (!failed.isEmpty()) {
      Check check = failed.get(0).check;
      long row = failed.get(0).row;
      List<String> found = new ArrayList<>();
      database.query(
          String.format(
              Locale.ROOT,
              "SELECT CAST(%s AS VARCHAR) FROM (%s) WHERE %s = %d",
              check.found,
              rows,
              RawTable.ROW,
              row),
          result -> found.add(result.getString(1)));
      throw new InvalidInputException(
          String.format(
              "%s: found %s, expected %s",
              source.place(database, check.what, row),
              found.get(0) == null ? "nothing" : "'" + found.get(0) + "'",
              check.expected));
    }
  }
}
