package io.scenerank.data.prepare;

import com.google.common.collect.ImmutableMap;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.DuckDb;
import java.io.IOException;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The expression that has no value in some row, as {@code CAST('a' AS INTEGER)}. DuckDB says what
 * went wrong, but neither in which expression nor in which row.
 *
 * @param where the rows that are taken
 * @param expressions by what messages call them
 */
record FailingExpression(
    WorkDatabase database,
    RawSource source,
    RawTable table,
    String where,
    ImmutableMap<String, String> expressions) {
  /** Failures of the machine, not of a value. */
  private static final Pattern OTHER =
      Pattern.compile("(IO|Out of Memory|Permission|INTERNAL|Interrupt|FATAL).*");

  /** Rows that are tried one by one. */
  private static final int MOST_TRIED = 20;

  /** What reads the values of expressions. */
  @FunctionalInterface
  interface Step<T> {
    T run() throws SQLException, IOException;
  }

  /**
   * Those of a description.
   *
   * @param labels expressions of labels and weights, by what messages call them
   */
  static FailingExpression of(
      WorkDatabase database,
      RawSource source,
      RawTable table,
      List<ColumnDescription> columns,
      Map<String, String> labels,
      String where) {
    Map<String, String> all = new LinkedHashMap<>(labels);
    for (ColumnDescription column : columns) {
      all.put("column '" + column.name() + "'", column.source());
      if (column.weights() != null) {
        all.put(WeightedValues.what(column), column.weights());
      }
    }
    return new FailingExpression(database, source, table, where, ImmutableMap.copyOf(all));
  }

  /**
   * Runs a step.
   *
   * @throws InvalidInputException naming the expression, the row and DuckDB's reason, if one of the
   *     expressions is why the step failed
   */
  <T> T explained(Step<T> step) throws SQLException, IOException {
    try {
      return step.run();
    } catch (SQLException e) {
      if (!OTHER.matcher(DuckDb.reason(e)).matches()) {
        explain("where", where, Description.ALL_ROWS);
        for (Map.Entry<String, String> expression : expressions.entrySet()) {
          explain(expression.getKey(), expression.getValue(), where);
        }
      }
      throw e;
    }
  }

  private void explain(String what, String expression, String taken) throws IOException {
    Optional<SQLException> failure = failure(expression, taken, "");
    if (failure.isEmpty()) {
      return;
    }
    Optional<Long> row = row(expression, taken);
    String place;
    try {
      place =
          row.isPresent() ? source.place(database, what, row.get()) : source.label() + ": " + what;
    } catch (SQLException e) {
      place = source.label() + ": " + what;
    }
    throw new InvalidInputException(
        String.format("%s: '%s' has no value: %s", place, expression, DuckDb.reason(failure.get())),
        failure.get());
  }

  private Optional<SQLException> failure(String expression, String taken, String more) {
    try {
      database.number(
          "SELECT count(v) FROM (SELECT "
              + Expressions.inSql(expression)
              + " AS v FROM ("
              + table.values()
              + ") WHERE "
              + Expressions.inSql(taken)
              + more
              + ")");
      return Optional.empty();
    } catch (SQLException e) {
      return Optional.of(e);
    }
  }

  /** The first row that fails by itself, if it is among the first without a value. */
  private Optional<Long> row(String expression, String taken) {
    try {
      return database
          .query(
              String.format(
                  "SELECT %1$s FROM (%2$s) WHERE TRY(%3$s) IS NULL ORDER BY %1$s LIMIT %4$s",
                  RawTable.ROW,
                  table.values(),
                  Expressions.inSql(expression),
                  Integer.toString(MOST_TRIED)),
              found -> found.getLong(1))
          .stream()
          .filter(
              row -> failure(expression, taken, " AND " + RawTable.ROW + " = " + row).isPresent())
          .findFirst();
    } catch (SQLException e) {
      return Optional.empty();
    }
  }
}
