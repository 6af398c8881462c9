package io.scenerank.data.prepare;

import io.scenerank.data.DuckDb;
import java.sql.SQLException;

/** Writes columns' names in SQL. */
record SqlColumnNames(WorkDatabase database) {
  private static final String PLAIN = "[A-Za-z_][A-Za-z0-9_]*";

  /**
   * A name as an expression can have it, with quotes where DuckDB needs them: {@code like} is an
   * operator, {@code order} is reserved and {@code current_date} is a function.
   */
  String inSql(String name) throws SQLException {
    return name.matches(PLAIN) && isColumn(name) ? name : DuckDb.name(name);
  }

  /** Whether DuckDB takes the bare name for the column, alone and within an expression. */
  private boolean isColumn(String name) throws SQLException {
    try {
      return database.number(
              String.format(
                  "SELECT CASE WHEN (%1$s) = 42 AND %1$s >= 42 AND coalesce(%1$s, 0) = 42 THEN 1"
                      + " ELSE 0 END FROM (SELECT 42 AS %2$s)",
                  name, DuckDb.name(name)))
          == 1;
    } catch (SQLException e) {
      return false; // which is the answer
    }
  }
}
