package io.scenerank.data.prepare;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import io.scenerank.data.DuckDb;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.stream.IntStream;

/**
 * Finds the formats of text columns: all values must have the form. What nearly all have, or what
 * could be of two forms, becomes a line to read.
 */
final class FormatFinder {
  private static final int SAMPLE = 4096;
  private static final double NEARLY_ALL = 0.9;

  private final WorkDatabase database;
  private final RawTable table;

  /**
   * @param table rows as they were read without formats
   */
  FormatFinder(WorkDatabase database, RawTable table) {
    this.database = database;
    this.table = table;
  }

  /**
   * What was found.
   *
   * @param formats by column
   * @param notes what people should not miss
   * @param refused columns that no feature can read, with the reason
   */
  record Found(
      ImmutableMap<String, ValueFormat> formats,
      ImmutableList<String> notes,
      ImmutableMap<String, String> refused) {
    RawFormats raw() {
      return new RawFormats(formats);
    }
  }

  /** Looks at all text columns. */
  Found find() throws SQLException {
    ImmutableMap.Builder<String, ValueFormat> formats = ImmutableMap.builder();
    ImmutableList.Builder<String> notes = ImmutableList.builder();
    ImmutableMap.Builder<String, String> refused = ImmutableMap.builder();
    for (Map.Entry<String, Shares> column : shares().entrySet()) {
      FormatChoice choice = choose(DuckDb.name(column.getKey()), column.getValue());
      choice.format().ifPresent(format -> formats.put(column.getKey(), format));
      choice.note().ifPresent(note -> notes.add("'" + column.getKey() + "' " + note));
      choice.refused().ifPresent(why -> refused.put(column.getKey(), why));
    }
    return new Found(formats.buildOrThrow(), notes.build(), refused.buildOrThrow());
  }

  private String rows() {
    return WorkDatabase.rows(table.file());
  }

  private FormatChoice choose(String text, Shares shares) throws SQLException {
    List<FormTest> fitting = shares.fitting();
    if (fitting.isEmpty()) {
      return shares.likely().isEmpty()
          ? FormatChoice.NONE
          : FormatChoice.noted(exception(text, rows(), shares, shares.likely().get(0)));
    }
    return new FormatChooser(database, rows(), text).choose(fitting);
  }

  /** How many values have the forms that are likely by the first rows, by column. */
  private Map<String, Shares> shares() throws SQLException {
    List<String> texts =
        table.columns().stream()
            .filter(c -> c.type() == StagedType.VARCHAR && c.kind() == RawKind.TEXT)
            .map(RawTable.Column::name)
            .toList();
    long rows = database.number("SELECT count(*) FROM " + rows());
    Map<String, Shares> first = new LinkedHashMap<>();
    for (List<String> group : Cells.groups(texts, Math.min(rows, SAMPLE))) {
      first.putAll(
          shares(
              "(SELECT * FROM " + rows() + " LIMIT " + SAMPLE + ")",
              Maps.asMap(new LinkedHashSet<>(group), name -> FormTest.all())));
    }
    if (rows <= SAMPLE) {
      return first;
    }
    Map<String, Shares> all = new LinkedHashMap<>();
    Map<String, List<FormTest>> likely =
        Maps.filterValues(Maps.transformValues(first, Shares::likely), tests -> !tests.isEmpty());
    for (List<String> group : Cells.groups(List.copyOf(likely.keySet()), rows)) {
      all.putAll(shares(rows(), Maps.toMap(group, name -> requireNonNull(likely.get(name), name))));
    }
    return all;
  }

  /** Says which value keeps a column from having a form. */
  private String exception(String text, String rows, Shares shares, FormTest test)
      throws SQLException {
    List<String> found = new ArrayList<>();
    database.query(
        String.format(
            "SELECT %1$s FROM %2$s WHERE %1$s IS NOT NULL AND NOT %3$s ORDER BY 1 LIMIT 1",
            text, rows, test.fits(text)),
        row -> found.add(row.getString(1)));
    return String.format(
        Locale.ROOT,
        "holds %s in most rows, but not in %,d of %,d, such as '%s': it is treated as a text",
        test.what(),
        shares.present - shares.counts.get(shares.tests.indexOf(test)),
        shares.present,
        CsvFailure.shortened(found.get(0)));
  }

  /**
   * Counts the values that have forms.
   *
   * @param tests the forms, by column
   */
  private Map<String, Shares> shares(String rows, Map<String, List<FormTest>> tests)
      throws SQLException {
    List<String> columns = ImmutableList.copyOf(tests.keySet());
    List<String> texts = columns.stream().map(DuckDb::name).toList();
    try (Cells.Distinct cells = Cells.Distinct.of(database, texts, rows)) {
      Map<String, Shares> possible = shares(cells, columns, tests, FormTest::mayFit);
      return shares(cells, columns, Maps.transformValues(possible, Shares::likely), FormTest::fits);
    }
  }

  private Map<String, Shares> shares(
      Cells.Distinct cells,
      List<String> columns,
      Map<String, List<FormTest>> tests,
      BiFunction<FormTest, String, String> condition)
      throws SQLException {
    ImmutableList<FormTest> all =
        tests.values().stream()
            .flatMap(List::stream)
            .distinct()
            .collect(ImmutableList.toImmutableList());
    StringBuilder counts = new StringBuilder();
    for (FormTest test : all) {
      List<Integer> asked =
          IntStream.range(0, columns.size())
              .filter(i -> tests.getOrDefault(columns.get(i), ImmutableList.of()).contains(test))
              .boxed()
              .toList();
      counts.append(
          String.format(
              ", CAST(coalesce(sum(n) FILTER (%s AND %s), 0) AS BIGINT)",
              Cells.isIn(asked), condition.apply(test, "t")));
    }
    Map<String, Shares> shares = new LinkedHashMap<>();
    database.forEach(
        String.format(
            "SELECT c, CAST(sum(n) AS BIGINT)%s FROM %s WHERE t IS NOT NULL GROUP BY c ORDER BY c",
            counts, cells.sql()),
        row -> {
          String column = columns.get(row.getInt(1));
          List<FormTest> here = requireNonNull(tests.get(column), column);
          ImmutableList.Builder<Long> fitting = ImmutableList.builder();
          for (FormTest test : here) {
            fitting.add(row.getLong(all.indexOf(test) + 3));
          }
          shares.put(
              column, new Shares(row.getLong(2), ImmutableList.copyOf(here), fitting.build()));
        });
    return shares;
  }

  /**
   * How many values have each form.
   *
   * @param present values that are not missing
   */
  private record Shares(long present, ImmutableList<FormTest> tests, ImmutableList<Long> counts) {
    List<FormTest> likely() {
      return atLeast((long) Math.ceil(NEARLY_ALL * present));
    }

    List<FormTest> fitting() {
      return atLeast(present);
    }

    private List<FormTest> atLeast(long count) {
      List<FormTest> found = new ArrayList<>();
      for (int i = 0; i < tests.size(); i++) {
        if (present > 0 && counts.get(i) >= count) {
          found.add(tests.get(i));
        }
      }
      return found;
    }
  }
}
