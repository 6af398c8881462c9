package io.scenerank.data.prepare;

import io.scenerank.config.InvalidInputException;
import io.scenerank.data.DuckDb;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;

/** Makes labels of raw rows. */
final class LabelValue {
  private final Expressions expressions;
  private final RawSource source;

  LabelValue(Expressions expressions, RawSource source) {
    this.expressions = expressions;
    this.source = source;
  }

  /**
   * The SQL of a label, 0 or 1.
   *
   * @param checks gets a check that it is there, and 0 or 1, in each row
   * @throws InvalidInputException naming the row with the text that a comparison cannot take
   */
  String plan(String task, String expression, RowChecks checks) throws SQLException, IOException {
    String what = "label '" + task + "'";
    String type;
    try {
      type = expressions.type(what, expression);
    } catch (InvalidInputException e) {
      requireNumbers(what, expression);
      throw e;
    }
    String sql = Expressions.inSql(expression);
    if (StagedType.of(type) == StagedType.BOOLEAN) {
      checks.add(what, sql + " IS NULL", sql, "true or false; 'where' can leave such rows out");
    } else if (isNumber(type)) {
      checks.add(what, "coalesce(" + sql + " NOT IN (0, 1), true)", sql, "0 or 1");
    } else {
      checks.add(what, "true", sql, "0 or 1, or an expression such as " + expression + " = '…'");
    }
    return "TRY_CAST(" + sql + " AS TINYINT)";
  }

  private static boolean isNumber(String type) {
    StagedType staged = StagedType.of(type);
    return staged == StagedType.BIGINT || staged == StagedType.DOUBLE || type.equals("HUGEINT");
  }

  /**
   * DuckDB says of {@code rating >= 4} that a text is not a number, but not in which row. Most
   * likely the column was meant to have numbers in every row.
   */
  private void requireNumbers(String what, String expression) throws SQLException, IOException {
    List<RawTable.Column> texts =
        expressions.rows().columns().stream()
            .filter(column -> column.kind() == RawKind.TEXT)
            .filter(column -> SqlNames.in(expression).contains(RawTables.small(column.name())))
            .toList();
    RowChecks checks = new RowChecks();
    for (RawTable.Column column : texts) {
      String name = DuckDb.name(column.name());
      checks.add(
          what + ", column '" + column.name() + "'",
          name + " IS NOT NULL AND TRY_CAST(" + name + " AS DOUBLE) IS NULL",
          name,
          "a number for " + expression);
    }
    checks.run(expressions.database(), expressions.rows().values(), source);
  }
}
