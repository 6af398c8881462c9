package io.scenerank.data.prepare;

import com.google.common.collect.ImmutableList;
import io.scenerank.data.DuckDb;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.stream.Collectors;

/**
 * The lines of text files as a relation of one column {@code line}, with any content: a line is
 * NULL where it is empty, quotes mean nothing, a mark of the byte order is left out.
 *
 * @param sql what follows FROM
 * @param mixed whether the lines end in different ways
 */
record CsvLines(String sql, boolean mixed) {
  // DuckDB wants a delimiter; these four characters together occur in no text.
  private static final String NO_DELIMITER = "chr(2) || chr(3) || chr(4) || chr(5)";

  /**
   * Whether a line is more than blanks; without the second argument trim takes all of Unicode's.
   */
  static final String FILLED = "(line IS NOT NULL AND trim(line, ' ') <> '')";

  private static final String MIXED_ENDS = "state machine reached an invalid state";

  /** Lines that may end in any way. */
  static CsvLines of(ImmutableList<Path> files) {
    return new CsvLines(sql(files, false), true);
  }

  private static String sql(ImmutableList<Path> files, boolean strict) {
    return String.format(
        "read_csv(%s, auto_detect = false, header = false, delim = %s, quote = '', escape = '',"
            + " strict_mode = %s, hive_partitioning = false, columns = {'line': 'VARCHAR'})",
        list(files), NO_DELIMITER, strict);
  }

  /**
   * Goes over all lines.
   *
   * @param select what is asked, an aggregate
   * @param reader reads the answer
   */
  static <T> Counted<T> count(
      WorkDatabase database,
      ImmutableList<Path> files,
      String select,
      WorkDatabase.RowReader<T> reader)
      throws SQLException {
    try {
      CsvLines lines = new CsvLines(sql(files, true), false);
      return new Counted<>(lines, lines.ask(database, select, reader));
    } catch (SQLException e) {
      if (!isMixed(e)) {
        throw e;
      }
      CsvLines lines = of(files);
      return new Counted<>(lines, lines.ask(database, select, reader));
    }
  }

  /** Whether a failure says that lines end in different ways. */
  static boolean isMixed(SQLException e) {
    return String.valueOf(e.getMessage()).contains(MIXED_ENDS);
  }

  private <T> T ask(WorkDatabase database, String select, WorkDatabase.RowReader<T> reader)
      throws SQLException {
    return database.query("SELECT " + select + " FROM " + sql, reader).get(0);
  }

  /** Lines and what was asked of them. */
  record Counted<T>(CsvLines lines, T value) {}

  /** Paths as a list in SQL. */
  static String list(ImmutableList<Path> files) {
    return files.stream().map(DuckDb::file).collect(Collectors.joining(", ", "[", "]"));
  }
}
