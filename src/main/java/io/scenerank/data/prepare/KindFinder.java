package io.scenerank.data.prepare;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.data.DuckDb;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Finds out of what kind all values of a column are. */
final class KindFinder {
  private static final ImmutableList<RawKind> OF_TEXT =
      ImmutableList.of(
          RawKind.INTEGER, RawKind.NUMBER, RawKind.BOOLEAN, RawKind.DATE, RawKind.TIMESTAMP);
  private static final int SAMPLE = 4096;

  // Doubles up to here are different integers, and beyond no 64 bits hold them.
  private static final String WHOLE =
      "(isnan(%1$s) OR (%1$s = trunc(%1$s) AND abs(%1$s) <= 9007199254740992))";

  private final WorkDatabase database;

  KindFinder(WorkDatabase database) {
    this.database = database;
  }

  /**
   * Looks at every value.
   *
   * @param file rows whose columns are kept in these types
   */
  ImmutableMap<String, RawKind> find(Path file, ImmutableMap<String, StagedType> types)
      throws SQLException {
    Map<String, List<RawKind>> candidates = new LinkedHashMap<>();
    types.forEach((name, type) -> candidates.put(name, candidates(type)));
    String rows = WorkDatabase.rows(file);
    // Most kinds fall away within a few rows; what is left is tried on all rows, one by one.
    drop(candidates, types, "(SELECT * FROM " + rows + " LIMIT " + SAMPLE + ")", true);
    boolean open = true;
    while (open) {
      open = drop(candidates, types, rows, false);
    }
    ImmutableMap.Builder<String, RawKind> kinds = ImmutableMap.builder();
    candidates.forEach((name, left) -> kinds.put(name, left.get(0)));
    return kinds.buildOrThrow();
  }

  private static List<RawKind> candidates(StagedType type) {
    List<RawKind> kinds = new ArrayList<>();
    switch (type) {
      case BIGINT -> kinds.add(RawKind.INTEGER);
      case DOUBLE -> kinds.addAll(List.of(RawKind.INTEGER, RawKind.NUMBER));
      case BOOLEAN -> kinds.add(RawKind.BOOLEAN);
      case DATE -> kinds.add(RawKind.DATE);
      case TIMESTAMP -> kinds.add(RawKind.TIMESTAMP);
      case LIST -> kinds.add(RawKind.LIST);
      case VECTOR -> kinds.addAll(List.of(RawKind.LIST, RawKind.VECTOR));
      case NESTED -> kinds.add(RawKind.NESTED);
      case VARCHAR -> {
        kinds.addAll(OF_TEXT);
        kinds.add(RawKind.TEXT);
      }
    }
    return kinds;
  }

  /**
   * Drops kinds that a value is not of.
   *
   * @param all whether all candidates are tried, or the first of each column that has several
   * @return whether a candidate was dropped, so that the next one is to be tried
   */
  private boolean drop(
      Map<String, List<RawKind>> candidates,
      ImmutableMap<String, StagedType> types,
      String rows,
      boolean all)
      throws SQLException {
    record Test(String name, RawKind kind) {}
    List<Test> tests = new ArrayList<>();
    candidates.forEach(
        (name, kinds) -> {
          int tried = all ? kinds.size() - 1 : Math.min(1, kinds.size() - 1);
          kinds.subList(0, tried).forEach(kind -> tests.add(new Test(name, kind)));
        });
    if (tests.isEmpty()) {
      return false;
    }
    String counts =
        tests.stream()
            .map(test -> misfits(DuckDb.name(test.name), types.get(test.name), test.kind))
            .collect(Collectors.joining(", "));
    List<Test> failed = new ArrayList<>();
    database.query(
        "SELECT " + counts + " FROM " + rows,
        row -> {
          for (int i = 0; i < tests.size(); i++) {
            if (row.getBoolean(i + 1)) {
              failed.add(tests.get(i));
            }
          }
          return row;
        });
    failed.forEach(test -> candidates.get(test.name).remove(test.kind));
    return !failed.isEmpty() && !all;
  }

  /** Whether a value of the column is not of the kind; a column without values is of any. */
  private static String misfits(String column, StagedType type, RawKind kind) {
    String fits =
        switch (type) {
          case DOUBLE -> String.format(Locale.ROOT, WHOLE, column);
          // Floats that are integers, all of them, are ids.
          case VECTOR ->
              String.format(
                  "(len(list_filter(%s, lambda x: NOT %s)) = 0)",
                  column, String.format(WHOLE, "x"));
          default -> kind.fits(column);
        };
    return String.format("coalesce(bool_or(NOT %s) FILTER (%s IS NOT NULL), false)", fits, column);
  }

  /** Whether all elements of lists of texts, which a query gives as {@code value}, are integers. */
  boolean areIntegers(String lists) throws SQLException {
    return database.number(
            String.format(
                "SELECT count(*) FROM (SELECT unnest(value) AS element FROM (%s))"
                    + " WHERE NOT %s",
                lists, RawKind.INTEGER.fits("element")))
        == 0;
  }
}
