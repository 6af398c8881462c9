package io.scenerank.data.prepare;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.data.DuckDb;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a raw column looks like.
 *
 * @param rows number of rows
 * @param present rows in which it is not missing
 * @param distinct number of different values
 * @param min the least of numbers, dates (in seconds) or of list lengths; NaN for texts
 * @param max the largest
 * @param delimiter what separates the values of a text that holds several; empty where it does not
 * @param examples some values, the most frequent first
 */
record ColumnProfile(
    String name,
    RawKind kind,
    long rows,
    long present,
    long distinct,
    double min,
    double max,
    String delimiter,
    ImmutableList<String> examples) {
  // Of words no one makes a sequence, but of ids with a digit in each.
  private static final ImmutableMap<String, String> DELIMITERS =
      ImmutableMap.<String, String>builder()
          .put("|", "[|]")
          .put(";", ";")
          .put(",", ",[^ ]|^[0-9]+(, *[0-9]+)+$")
          .put("^", "\\^")
          .put("#", "[^ ]#[^ ]")
          .put("\u0001", "\\x01")
          .put("\u0002", "\\x02")
          .put(" ", "^([^ ,(\\[{]*[0-9][^ ,)\\]}]*)( +[^ ,]*[0-9][^ ,)\\]}]*)+$")
          .buildOrThrow();
  private static final double SEVERAL = 0.2;
  private static final int EXAMPLES = 3;

  /** Looks at each column of a table. */
  static ImmutableList<ColumnProfile> of(WorkDatabase database, RawTable table)
      throws SQLException {
    ImmutableList.Builder<ColumnProfile> profiles = ImmutableList.builder();
    int done = 0;
    for (RawTable.Column column : table.columns()) {
      profiles.add(of(database, table, column));
      database.at("look at columns", ++done, table.columns().size(), "columns");
    }
    return profiles.build();
  }

  private static ColumnProfile of(WorkDatabase database, RawTable table, RawTable.Column column)
      throws SQLException {
    String name = DuckDb.name(column.name());
    String text = RawTable.textName(column);
    String number =
        switch (column.kind()) {
          case INTEGER, NUMBER, BOOLEAN -> "CAST(" + name + " AS DOUBLE)";
          case DATE, TIMESTAMP -> "epoch(" + name + ")";
          case LIST, VECTOR -> "len(" + name + ")";
          case TEXT, NESTED -> "CAST('nan' AS DOUBLE)";
        };
    String rows = "(" + table.values() + ")";
    record Counts(long rows, long present, long distinct, double min, double max) {}
    Counts counts =
        database
            .query(
                String.format(
                    "SELECT count(*), count(%1$s), count(DISTINCT %1$s), min(%2$s), max(%2$s)"
                        + " FROM %3$s",
                    text, number, rows),
                row ->
                    new Counts(
                        row.getLong(1),
                        row.getLong(2),
                        row.getLong(3),
                        row.getDouble(4),
                        row.getDouble(5)))
            .get(0);
    ImmutableList<String> examples =
        database.query(
            String.format(
                Locale.ROOT,
                "SELECT %1$s FROM %2$s WHERE %1$s IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1"
                    + " LIMIT %3$d",
                text,
                rows,
                EXAMPLES),
            row -> row.getString(1));
    String delimiter =
        column.kind() == RawKind.TEXT ? delimiter(database, rows, text, counts.distinct) : "";
    return new ColumnProfile(
        column.name(),
        column.kind(),
        counts.rows,
        counts.present,
        counts.distinct,
        counts.min,
        counts.max,
        delimiter,
        examples);
  }

  /** A mark that stands in many values, between parts that come again in other values. */
  private static String delimiter(WorkDatabase database, String rows, String text, long distinct)
      throws SQLException {
    List<String> found = new ArrayList<>();
    for (var mark : DELIMITERS.entrySet()) {
      database.query(
          String.format(
              "WITH texts AS (SELECT DISTINCT %1$s AS t FROM %2$s WHERE %1$s IS NOT NULL)"
                  + " SELECT (SELECT count(*) FROM texts WHERE regexp_matches(t, %3$s)),"
                  + " (SELECT count(DISTINCT e) FROM (SELECT unnest(string_split(t, %4$s)) AS e"
                  + " FROM texts))",
              text, rows, DuckDb.text(mark.getValue()), DuckDb.text(mark.getKey())),
          row ->
              row.getLong(1) >= Math.max(2, SEVERAL * distinct) && row.getLong(2) < distinct
                  ? found.add(mark.getKey())
                  : false);
    }
    return found.isEmpty() ? "" : found.get(0);
  }

  boolean hasMissing() {
    return present < rows;
  }
}
