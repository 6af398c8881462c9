package io.scenerank.data.prepare;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.ImmutableSet;
import io.scenerank.data.DuckDb;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Finds the texts by which tables say that a value is missing, besides the empty one: {@code NULL},
 * {@code \N}, {@code NaN} and the like.
 *
 * @param database where the rows are
 * @param rows reads the rows when certain texts are missing values
 */
record MissingMarks(WorkDatabase database, Reader rows) {
  // Words of programs, which no value is called.
  private static final ImmutableSet<String> CERTAIN =
      NameSet.of("null \\n nan <na> nat #n/a (null) <null> [null] undefined");
  // They may be values where other texts are: the country NA, the category 'other'.
  private static final ImmutableSet<String> POSSIBLE =
      NameSet.of("na n/a none - -- . ? nil missing unknown");

  /** Reads rows. */
  @FunctionalInterface
  interface Reader {
    RawTable read(ImmutableList<String> missing) throws SQLException, IOException;
  }

  /**
   * What was found.
   *
   * @param table the rows, without the marks
   * @param columns where each mark occurs
   */
  record Found(RawTable table, ImmutableListMultimap<String, String> columns) {
    ImmutableList<String> marks() {
      return columns.keySet().asList();
    }
  }

  /** Reads the rows and looks for marks. */
  Found find() throws SQLException, IOException {
    RawTable plain = rows.read(ImmutableList.of());
    ImmutableListMultimap<String, String> all = in(plain);
    if (all.isEmpty()) {
      return new Found(plain, all);
    }
    RawTable without = rows.read(all.keySet().asList());
    ImmutableSet<String> taken =
        all.asMap().entrySet().stream()
            .filter(mark -> isMark(mark.getKey(), mark.getValue(), without))
            .map(mark -> mark.getKey())
            .collect(ImmutableSet.toImmutableSet());
    RawTable table =
        taken.isEmpty() ? plain : taken.equals(all.keySet()) ? without : rows.read(taken.asList());
    return new Found(
        table,
        all.entries().stream()
            .filter(mark -> taken.contains(mark.getKey()))
            .collect(
                ImmutableListMultimap.toImmutableListMultimap(
                    mark -> mark.getKey(), mark -> mark.getValue())));
  }

  /** A possible mark is one where all other values of a column are numbers, times or labels. */
  private static boolean isMark(String mark, Collection<String> columns, RawTable without) {
    return CERTAIN.contains(mark.toLowerCase(Locale.ROOT))
        || columns.stream()
            .map(name -> without.find(name).orElseThrow())
            .anyMatch(
                column ->
                    column.kind() != RawKind.TEXT
                        || LabelNames.isLabel(NameWords.of(column.name())));
  }

  /** The marks in a table's texts, with the columns that have them. */
  private ImmutableListMultimap<String, String> in(RawTable table) throws SQLException {
    String known =
        Stream.concat(CERTAIN.stream(), POSSIBLE.stream())
            .map(DuckDb::text)
            .collect(Collectors.joining(", "));
    List<String> names =
        table.columns().stream()
            .filter(column -> column.type() == StagedType.VARCHAR)
            .map(RawTable.Column::name)
            .toList();
    ImmutableListMultimap.Builder<String, String> marks = ImmutableListMultimap.builder();
    if (!names.isEmpty()) {
      database.forEach(
          String.format(
              "SELECT DISTINCT c, t FROM %s WHERE lower(t) IN (%s) ORDER BY c, t",
              Cells.of(names.stream().map(DuckDb::name).toList(), WorkDatabase.rows(table.file())),
              known),
          row -> marks.put(row.getString(2), names.get(row.getInt(1))));
    }
    return marks.build();
  }
}
