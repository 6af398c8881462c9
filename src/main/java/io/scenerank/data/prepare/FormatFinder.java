package io.scenerank.data.prepare;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.data.DuckDb;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

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

  /** Looks at each text column. */
  Found find() throws SQLException {
    ImmutableMap.Builder<String, ValueFormat> formats = ImmutableMap.builder();
    ImmutableList.Builder<String> notes = ImmutableList.builder();
    ImmutableMap.Builder<String, String> refused = ImmutableMap.builder();
    for (RawTable.Column column : table.columns()) {
      if (column.type() == StagedType.VARCHAR && column.kind() == RawKind.TEXT) {
        FormatChoice choice = choose(column);
        choice.format().ifPresent(format -> formats.put(column.name(), format));
        choice.note().ifPresent(note -> notes.add("'" + column.name() + "' " + note));
        choice.refused().ifPresent(why -> refused.put(column.name(), why));
      }
    }
    return new Found(formats.buildOrThrow(), notes.build(), refused.buildOrThrow());
  }

  private FormatChoice choose(RawTable.Column column) throws SQLException {
    String text = DuckDb.name(column.name());
    String all = WorkDatabase.rows(table.file());
    List<FormTest> likely =
        shares(text, "(SELECT * FROM " + all + " LIMIT " + SAMPLE + ")", FormTest.all()).likely();
    if (likely.isEmpty()) {
      return FormatChoice.NONE;
    }
    Shares shares = shares(text, all, likely);
    List<FormTest> fitting = shares.fitting();
    if (fitting.isEmpty()) {
      return shares.likely().isEmpty()
          ? FormatChoice.NONE
          : FormatChoice.noted(exception(text, all, shares, shares.likely().get(0)));
    }
    return new FormatChooser(database, all, text).choose(fitting);
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
        "holds %s in most rows, but not in %,d of %,d, such as '%s': it is taken for a text",
        test.what(),
        shares.present - shares.counts.get(shares.tests.indexOf(test)),
        shares.present,
        CsvFailure.shortened(found.get(0)));
  }

  private Shares shares(String text, String rows, List<FormTest> tests) throws SQLException {
    StringBuilder counts = new StringBuilder("count(" + text + ")");
    for (FormTest test : tests) {
      counts.append(
          String.format(", count(*) FILTER (%s IS NOT NULL AND %s)", text, test.fits(text)));
    }
    return database
        .query(
            "SELECT " + counts + " FROM " + rows,
            row -> {
              ImmutableList.Builder<Long> fitting = ImmutableList.builder();
              for (int i = 0; i < tests.size(); i++) {
                fitting.add(row.getLong(i + 2));
              }
              return new Shares(row.getLong(1), ImmutableList.copyOf(tests), fitting.build());
            })
        .get(0);
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
