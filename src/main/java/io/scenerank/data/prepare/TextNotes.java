package io.scenerank.data.prepare;

import com.google.common.collect.ImmutableList;
import io.scenerank.data.DuckDb;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Says what texts may be besides texts: that one of them may mean nothing, or that they may hold
 * several values. A guess cannot know it, and people should not miss it.
 */
record TextNotes(WorkDatabase database, RawTable table) {
  private static final ImmutableList<String> BETWEEN =
      ImmutableList.of(", ", "&", ":", "_", "/", "#", " ");
  private static final ImmutableList<String> MARKS =
      ImmutableList.of("na", "n/a", "none", "-", "--", ".", "?", "nil");
  private static final double SEVERAL = 0.2;

  /** Notes on the columns that are features and texts. */
  ImmutableList<String> of(List<GuessedColumn> columns) throws SQLException {
    ImmutableList.Builder<String> notes = ImmutableList.builder();
    for (GuessedColumn column : columns) {
      if (column.isFeature() && column.profile().kind() == RawKind.TEXT) {
        notes.addAll(of(column));
      }
    }
    return notes.build();
  }

  private List<String> of(GuessedColumn column) throws SQLException {
    String text = DuckDb.name(column.name());
    StringBuilder select = new StringBuilder("any_value(t) FILTER (lower(t) IN (" + marks() + "))");
    for (String between : BETWEEN) {
      String mark = DuckDb.text(between);
      select.append(
          String.format(
              ", count(*) FILTER (contains(t, %1$s)),"
                  + " len(list_distinct(flatten(list(string_split(t, %1$s)))))",
              mark));
    }
    return database
        .query(
            String.format(
                "SELECT %s, count(*) FROM (SELECT DISTINCT %s AS t FROM %s) WHERE t IS NOT NULL",
                select, text, WorkDatabase.rows(table.file())),
            row -> {
              List<String> notes = new ArrayList<>();
              if (row.getString(1) != null) {
                notes.add(mark(column, row.getString(1)));
              }
              long all = row.getLong(2 + 2 * BETWEEN.size());
              for (int i = 0; i < BETWEEN.size() && isPlain(column); i++) {
                boolean several = row.getLong(2 + 2 * i) >= Math.max(2, SEVERAL * all);
                if (several && row.getLong(3 + 2 * i) < all) {
                  notes.add(list(column, BETWEEN.get(i)));
                  break;
                }
              }
              return notes;
            })
        .get(0);
  }

  private static String marks() {
    return MARKS.stream().map(DuckDb::text).collect(Collectors.joining(", "));
  }

  private static boolean isPlain(GuessedColumn column) {
    return column.profile().delimiter().isEmpty();
  }

  private static String mark(GuessedColumn column, String mark) {
    return String.format(
        "'%s' is '%s' in some rows: if that means a missing value, add it to missing_values",
        column.name(), mark);
  }

  private static String list(GuessedColumn column, String between) {
    return String.format(
        "'%1$s' may hold several values with '%2$s' between them, which occur in other rows too: if"
            + " so, it is type: sequence, delimiter: '%2$s'",
        column.name(), between);
  }
}
