package io.scenerank.data.prepare;

import static java.util.Objects.requireNonNull;

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
import java.util.function.Predicate;
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
    boolean open = database.number("SELECT count(*) FROM " + rows) > SAMPLE;
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
    List<Test> tests = new ArrayList<>();
    candidates.forEach(
        (name, kinds) -> {
          int tried = all ? kinds.size() - 1 : Math.min(1, kinds.size() - 1);
          kinds.subList(0, tried).forEach(kind -> tests.add(new Test(name, kind)));
        });
    Predicate<Test> isText = test -> types.get(test.name) == StagedType.VARCHAR;
    List<Test> failed = new ArrayList<>(failedTexts(tests.stream().filter(isText).toList(), rows));
    failed.addAll(failedOthers(tests.stream().filter(isText.negate()).toList(), types, rows));
    failed.forEach(test -> requireNonNull(candidates.get(test.name), test.name).remove(test.kind));
    return !failed.isEmpty() && !all;
  }

  /** Whether all values of a column are of a kind. */
  private record Test(String name, RawKind kind) {}

  /** The texts of all columns are tried in one query. */
  private List<Test> failedTexts(List<Test> tests, String rows) throws SQLException {
    List<Test> failed = new ArrayList<>();
    if (tests.isEmpty()) {
      return failed;
    }
    List<String> columns = tests.stream().map(Test::name).distinct().toList();
    List<RawKind> kinds = tests.stream().map(Test::kind).distinct().toList();
    String misfits =
        kinds.stream()
            .map(
                kind ->
                    String.format(
                        ", coalesce(bool_or(NOT %s) FILTER (%s), false)",
                        kind.fits("t"),
                        Cells.isIn(
                            tests.stream()
                                .filter(test -> test.kind == kind)
                                .map(test -> columns.indexOf(test.name))
                                .toList())))
            .collect(Collectors.joining());
    database.forEach(
        String.format(
            "SELECT c%s FROM %s WHERE t IS NOT NULL GROUP BY c",
            misfits, Cells.of(columns.stream().map(DuckDb::name).toList(), rows)),
        row -> {
          for (int i = 0; i < kinds.size(); i++) {
            if (row.getBoolean(i + 2)) {
              failed.add(new Test(columns.get(row.getInt(1)), kinds.get(i)));
            }
          }
        });
    return failed;
  }

  private List<Test> failedOthers(
      List<Test> tests, ImmutableMap<String, StagedType> types, String rows) throws SQLException {
    List<Test> failed = new ArrayList<>();
    if (tests.isEmpty()) {
      return failed;
    }
    String counts =
        tests.stream()
            .map(
                test ->
                    misfits(
                        DuckDb.name(test.name), requireNonNull(types.get(test.name), test.name)))
            .collect(Collectors.joining(", "));
    database.forEach(
        "SELECT " + counts + " FROM " + rows,
        row -> {
          for (int i = 0; i < tests.size(); i++) {
            if (row.getBoolean(i + 1)) {
              failed.add(tests.get(i));
            }
          }
        });
    return failed;
  }

  /** Whether a number of the column, or a number of its lists, is not an integer. */
  private static String misfits(String column, StagedType type) {
    String fits =
        type == StagedType.VECTOR
            // Floats that are integers, all of them, are ids.
            ? String.format(
                "(len(list_filter(%s, lambda x: NOT %s)) = 0)",
                column, String.format(Locale.ROOT, WHOLE, "x"))
            : String.format(Locale.ROOT, WHOLE, column);
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
