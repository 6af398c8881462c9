package io.scenerank.data.prepare;

import static java.util.Objects.requireNonNull;

import io.scenerank.config.InvalidInputException;
import io.scenerank.data.DuckDb;
import java.sql.SQLException;
import java.util.Optional;

/**
 * The values of a sequence with a weight for each, in SQL over a raw row. A value that is missing
 * is left out with its weight.
 *
 * @param column the sequence
 * @param pairs a list of structs of the value {@code v} and the text {@code w} of its weight
 * @param counts where the weights are in another column
 */
record WeightedValues(ColumnDescription column, String pairs, Optional<Counts> counts) {

  /**
   * How many values and weights a row has.
   *
   * @param values number of values, missing ones too
   * @param weights number of weights
   */
  record Counts(String values, String weights) {}

  /**
   * The weights of a column.
   *
   * @param elements SQL, the texts of a row
   * @throws InvalidInputException if the weights are no column or expression that has several
   *     values a row
   */
  static WeightedValues of(ColumnDescription column, String elements, Expressions expressions)
      throws SQLException {
    String delimiter = column.weightDelimiter();
    if (delimiter != null) {
      return new WeightedValues(column, pairs(elements, delimiter), Optional.empty());
    }
    String weights = weights(column, expressions);
    String texts = "coalesce(" + elements + ", [])";
    return new WeightedValues(
        column,
        structs("list_zip(" + texts + ", " + weights + ")", "x[1]", "x[2]"),
        Optional.of(new Counts("len(" + texts + ")", "len(" + weights + ")")));
  }

  /** What messages call the weights of a column. */
  static String what(ColumnDescription column) {
    return "weights of the column '" + column.name() + "'";
  }

  /** The text before the last delimiter is the value. */
  private static String pairs(String elements, String delimiter) {
    String mark = DuckDb.text(delimiter);
    String parts = "string_split(x, " + mark + ")";
    return structs(
        elements,
        String.format(
            "CASE WHEN contains(x, %1$s) THEN array_to_string(%2$s[:-2], %1$s) ELSE x END",
            mark, parts),
        String.format("CASE WHEN contains(x, %s) THEN %s[-1] END", mark, parts));
  }

  private static String structs(String list, String value, String weight) {
    return String.format(
        "list_filter(list_transform(%s, lambda x: {'v': nullif(trim(%s), ''), 'w': trim(%s)}),"
            + " lambda p: p.v IS NOT NULL)",
        list, value, weight);
  }

  /** The texts of a row's weights. */
  private static String weights(ColumnDescription column, Expressions expressions)
      throws SQLException {
    String source = requireNonNull(column.weights(), column.name());
    String type = expressions.type(what(column), source);
    StagedType staged = StagedType.of(type);
    if (staged.isList()) {
      return "coalesce(CAST(" + Expressions.inSql(source) + " AS VARCHAR[]), [])";
    }
    if (staged == StagedType.NESTED || column.delimiter().isEmpty()) {
      throw new InvalidInputException(
          String.format(
              "%s: %s are %s, expected a list of numbers%s",
              expressions.label(),
              what(column),
              type,
              column.delimiter().isEmpty() ? "" : " or a text with the column's delimiter"));
    }
    String text =
        expressions
            .column(source)
            .map(RawTable::textName)
            .orElse("CAST(" + Expressions.inSql(source) + " AS VARCHAR)");
    return String.format(
        "coalesce(string_split(nullif(trim(%s), ''), %s), [])",
        text, DuckDb.text(column.delimiter()));
  }

  /** The values of a row. */
  String values() {
    return "list_transform(" + pairs + ", lambda p: p.v)";
  }

  /** Their weights. */
  String weights() {
    return "list_transform(" + pairs + ", lambda p: TRY_CAST(p.w AS DOUBLE))";
  }

  /** Adds checks: that each value has a weight, and that it is finite and 0 or more. */
  void addChecks(RowChecks checks) {
    String what = "column '" + column.name() + "'";
    counts.ifPresent(
        of ->
            checks.add(
                what,
                of.values() + " <> " + of.weights(),
                String.format(
                    "concat(%s, ' values and ', %s, ' weights')", of.values(), of.weights()),
                "a weight for each value"));
    String weight = "TRY_CAST(p.w AS DOUBLE)";
    String wrong =
        String.format(
            "list_filter(%s, lambda p: NOT coalesce(%s >= 0 AND %s, false))",
            pairs, weight, FeatureIds.isFinite(weight));
    checks.add(
        what,
        "len(" + wrong + ") > 0",
        String.format(
            "concat(%1$s[1].v, ' with the weight ', coalesce(%1$s[1].w, 'missing'))", wrong),
        "a finite weight of 0 or more for each value");
  }
}
