package io.scenerank.data.prepare;

import com.google.common.collect.ImmutableList;
import io.scenerank.data.DuckDb;
import java.sql.SQLException;
import java.util.Optional;

/**
 * What a guess knows of a raw column.
 *
 * @param profile its values
 * @param name the words of its name
 * @param sql the column in SQL
 * @param order how the values change from row to row
 * @param values all values as texts, the most frequent first; empty where there are more than a few
 * @param clock whether its texts look like dates or times of a form that is not understood
 */
record ColumnFacts(
    ColumnProfile profile,
    NameWords name,
    String sql,
    RowOrder order,
    ImmutableList<String> values,
    boolean clock) {
  private static final int FEW = 20;
  private static final double MOST = 0.9;

  // 10/31/2021, 31.10.21 12:00, 12:31:09 AM, 2021-10-31T10:00
  private static final String CLOCK =
      "'(\\d{1,4}[-/.]\\d{1,2}[-/.]\\d{1,4}|\\d{1,2}:\\d{2}(:\\d{2})?)(\\D.*)?'";

  static ColumnFacts of(
      WorkDatabase database, RawTable table, ColumnProfile profile, RowOrder order)
      throws SQLException {
    RawTable.Column column = table.find(profile.name()).orElseThrow();
    String rows = "(" + table.values() + ")";
    return new ColumnFacts(
        profile,
        NameWords.of(profile.name()),
        new SqlColumnNames(database).inSql(profile.name()),
        order,
        profile.distinct() <= FEW ? values(database, rows, column) : ImmutableList.of(),
        column.kind() == RawKind.TEXT && isClock(database, rows, column));
  }

  private static ImmutableList<String> values(
      WorkDatabase database, String rows, RawTable.Column column) throws SQLException {
    return database.query(
        String.format(
            "SELECT %1$s FROM %2$s WHERE %1$s IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1",
            RawTable.textName(column), rows),
        row -> row.getString(1));
  }

  private static boolean isClock(WorkDatabase database, String rows, RawTable.Column column)
      throws SQLException {
    return database
        .query(
            String.format(
                "SELECT count(*) FILTER (regexp_full_match(%1$s, %2$s)) > %3$s * count(%1$s)"
                    + " FROM %4$s",
                RawTable.textName(column), CLOCK, MOST, rows),
            row -> row.getBoolean(1))
        .get(0);
  }

  /** The value that a column has in all rows, if it is one. */
  Optional<String> only() {
    return values.size() == 1 ? Optional.of(values.get(0)) : Optional.empty();
  }

  /** A text as it stands in SQL. */
  static String text(String value) {
    return DuckDb.text(value);
  }
}
