package io.scenerank.data.prepare;

import io.scenerank.config.InvalidInputException;
import io.scenerank.data.DuckDb;
import io.scenerank.feature.Targets.Target;
import io.scenerank.feature.Targets.TaskType;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** Makes labels and their weights of raw rows. */
final class LabelValue {
  private final Expressions expressions;
  private final RawSource source;

  LabelValue(Expressions expressions, RawSource source) {
    this.expressions = expressions;
    this.source = source;
  }

  /**
   * The SQL of a label: an integer where it is 0 or 1, else a float; NULL where a row has none.
   *
   * @param checks gets a check that it is what its type says in each row that has one, and that
   *     none misses that may not
   * @throws InvalidInputException naming the row with the text that a comparison cannot take
   */
  String plan(String task, LabelDescription label, RowChecks checks)
      throws SQLException, IOException {
    String what = "label '" + task + "'";
    String type = type(what, label.expression());
    Optional<String> space = space(what, label);
    String sql = Expressions.inSql(label.expression());
    boolean truth = StagedType.of(type) == StagedType.BOOLEAN;
    if (!truth && !isNumber(type)) {
      checks.add(what, "true", sql, expectedOfText(label));
      return "NULL";
    }
    Cell cell = truth ? Cell.ofTruth(sql) : Cell.ofNumber(sql, label);
    String wrong =
        label.skipsMissing()
            ? String.format("NOT %s AND %s", cell.missing, cell.wrong)
            : String.format("%s OR %s", cell.missing, cell.wrong);
    checks.add(
        what,
        space.map(in -> in + " AND (" + wrong + ")").orElse(wrong),
        sql,
        (truth ? "true or false" : expected(label)) + otherwise(label));
    String value =
        label.type() == TaskType.BINARY
            ? "TRY_CAST(" + sql + " AS TINYINT)"
            : String.format("CASE WHEN NOT %s THEN TRY_CAST(%s AS FLOAT) END", cell.missing, sql);
    return space.map(in -> "CASE WHEN " + in + " THEN " + value + " END").orElse(value);
  }

  /**
   * The SQL of a column of weights, a float.
   *
   * @param checks gets a check that it is a finite number of 0 or more in each row
   */
  String weight(String what, String expression, RowChecks checks) throws SQLException, IOException {
    String type = type(what, expression);
    String sql = Expressions.inSql(expression);
    if (!isNumber(type)) {
      checks.add(what, "true", sql, "a number of 0 or more");
      return "NULL";
    }
    String number = "CAST(" + sql + " AS DOUBLE)";
    checks.add(
        what,
        String.format("NOT coalesce(%s >= 0 AND %s, false)", number, FeatureIds.isFinite(number)),
        sql,
        "a finite number of 0 or more");
    return "CAST(" + sql + " AS FLOAT)";
  }

  /**
   * What is checked of a value.
   *
   * @param missing SQL, whether it is not there
   * @param wrong SQL, of one that is there, whether it is none that the label can have
   */
  private record Cell(String missing, String wrong) {
    static Cell ofTruth(String sql) {
      return new Cell("(" + sql + " IS NULL)", "false");
    }

    static Cell ofNumber(String sql, LabelDescription label) {
      String number = "CAST(" + sql + " AS DOUBLE)";
      String finite = FeatureIds.isFinite(number);
      String right =
          switch (label.type()) {
            case BINARY -> number + " IN (0, 1)";
            case REGRESSION ->
                label.transform() == null ? finite : finite + " AND " + number + " > -1";
            case COUNT -> finite + " AND " + number + " >= 0";
          };
      return new Cell(
          String.format("(%1$s IS NULL OR isnan(%1$s))", number), "NOT (" + right + ")");
    }
  }

  private static String expected(LabelDescription label) {
    return new Target(label.type(), label.transform(), false, null).expected();
  }

  private static String expectedOfText(LabelDescription label) {
    return label.type() == TaskType.BINARY
        ? "0 or 1, or an expression such as " + label.expression() + " = '…'"
        : "a number";
  }

  /** What a description can say of rows without the label. */
  private static String otherwise(LabelDescription label) {
    return label.skipsMissing()
        ? ""
        : "; 'missing: skip' under the label leaves rows without one out of its task, 'where' under"
            + " it says which rows have one";
  }

  private Optional<String> space(String what, LabelDescription label) throws SQLException {
    if (!label.hasSpace()) {
      return Optional.empty();
    }
    String type = expressions.type(what + ": where", label.where());
    if (!type.equals("BOOLEAN")) {
      throw new InvalidInputException(
          String.format(
              "%s: %s: where: '%s' is %s, expected BOOLEAN",
              source.label(), what, label.where(), type));
    }
    return Optional.of("coalesce(" + Expressions.inSql(label.where()) + ", false)");
  }

  private String type(String what, String expression) throws SQLException, IOException {
    try {
      return expressions.type(what, expression);
    } catch (InvalidInputException e) {
      requireNumbers(what, expression);
      throw e;
    }
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
