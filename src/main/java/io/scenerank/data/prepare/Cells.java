package io.scenerank.data.prepare;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.Lists;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The values of several columns below each other, in SQL: {@code c} is the column's number, {@code
 * t} the value as a text. To plan a statement costs more than to run it on a few thousand rows, so
 * that what is asked of each column is asked of all at once.
 */
final class Cells {
  private static final long MOST_CELLS = 8_000_000;
  private static final long MOST_COLUMNS = 64;

  private Cells() {}

  /**
   * All values, row by row.
   *
   * @param texts the columns in SQL
   * @param rows what follows FROM
   */
  static String of(List<String> texts, String rows) {
    return String.format(
        "(SELECT %s AS c, %s AS t FROM %s)", numbers(texts.size()), below(texts), rows);
  }

  /** Groups of columns of which the different values fit into the memory. */
  static <T> List<List<T>> groups(List<T> columns, long rows) {
    long fitting = Math.max(1, Math.min(MOST_COLUMNS, MOST_CELLS / Math.max(1, rows)));
    return Lists.partition(columns, (int) fitting);
  }

  /** Whether a cell is of one of the columns. */
  static String isIn(Collection<Integer> columns) {
    return columns.stream().map(String::valueOf).collect(Collectors.joining(", ", "c IN (", ")"));
  }

  private static String numbers(int columns) {
    return below(
        IntStream.range(0, columns)
            .mapToObj(String::valueOf)
            .collect(ImmutableList.toImmutableList()));
  }

  private static String below(List<String> expressions) {
    return "unnest([" + String.join(", ", expressions) + "])";
  }

  /**
   * The different values of columns, each once with how often it occurs, {@code n}; {@code t} is
   * NULL where the value is missing.
   */
  static final class Distinct implements AutoCloseable {
    private static final String NAME = "different_values";

    private final WorkDatabase database;

    private Distinct(WorkDatabase database) {
      this.database = database;
    }

    /** Of texts. */
    static Distinct of(WorkDatabase database, List<String> texts, String rows) throws SQLException {
      return keep(database, "SELECT c, t, count(*) AS n FROM " + Cells.of(texts, rows));
    }

    /**
     * The same with the least and the largest number of each value, {@code low} and {@code high}.
     *
     * @param numbers of the columns, DOUBLEs
     */
    static Distinct of(WorkDatabase database, List<String> texts, List<String> numbers, String rows)
        throws SQLException {
      return keep(
          database,
          String.format(
              "SELECT c, t, count(*) AS n, min(x) AS low, max(x) AS high FROM (SELECT %s AS c, %s AS"
                  + " t, %s AS x FROM %s)",
              Cells.numbers(texts.size()), below(texts), below(numbers), rows));
    }

    private static Distinct keep(WorkDatabase database, String query) throws SQLException {
      database.execute("CREATE TEMP TABLE " + NAME + " AS " + query + " GROUP BY c, t");
      return new Distinct(database);
    }

    /** Its name in SQL. */
    String sql() {
      return NAME;
    }

    @Override
    public void close() throws SQLException {
      database.execute("DROP TABLE " + NAME);
    }
  }
}
