package io.scenerank.data.prepare;

import com.google.common.collect.ImmutableSet;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.DuckDb;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A feature's value in a raw row, before it becomes ids.
 *
 * @param column the feature
 * @param sql a text, a list of texts for a sequence, a DOUBLE for a dense or binned column; NULL is
 *     missing
 * @param written the same as it was written, which may be no number
 * @param integers whether all of its values were integers when the data set was prepared
 * @param weights of the values of a sequence, where they have some
 */
record FeatureValue(
    ColumnDescription column,
    String sql,
    String written,
    boolean integers,
    Optional<WeightedValues> weights) {

  /** A feature whose values have no weights. */
  FeatureValue(ColumnDescription column, String sql, String written, boolean integers) {
    this(column, sql, written, integers, Optional.empty());
  }

  /** What is kept of the feature, as a list of SELECT. */
  String select() {
    return Stream.concat(
            Stream.of(sql + " AS " + DuckDb.name(column.name())),
            weights.stream().map(own -> own.weights() + " AS " + DuckDb.name(column.weightsName())))
        .collect(Collectors.joining(", "));
  }

  /** Makes features of raw rows. */
  static final class Planner {
    private final Expressions expressions;
    private final Optional<ImmutableSet<String>> integerSequences;

    /**
     * @param integerSequences the sequences whose values were all integers when the data set was
     *     prepared; empty to find that out
     */
    Planner(Expressions expressions, Optional<ImmutableSet<String>> integerSequences) {
      this.expressions = expressions;
      this.integerSequences = integerSequences;
    }

    /**
     * The value of a feature.
     *
     * @throws InvalidInputException naming the feature whose expression does not hold or has a type
     *     that cannot be used
     */
    FeatureValue plan(ColumnDescription column) throws SQLException {
      String what = "column '" + column.name() + "'";
      String type = expressions.type(what, column.source());
      Optional<RawTable.Column> raw = expressions.column(column.source());
      String sql = Expressions.inSql(column.source());
      StagedType staged = StagedType.of(type);
      if (staged == StagedType.NESTED) {
        throw nested(column, what, type);
      }
      if (column.isList()) {
        return sequence(column, what, type, raw.map(RawTable::textName).orElse(sql));
      }
      if (column.type() == ColumnDescription.Type.DENSE
          && (column.dimension() > 1 || staged.isList())) {
        return vector(column, what, type, sql);
      }
      if (staged.isList()) {
        throw new InvalidInputException(
            String.format(
                "%s: %s is a list, expected %s",
                expressions.label(),
                what,
                staged == StagedType.VECTOR
                    ? "type: dense and its length as dimension"
                    : "type: sequence, or for texts their number as max_len"));
      }
      String text = raw.map(RawTable::textName).orElseGet(() -> text(sql, type));
      return column.isNumber()
          ? new FeatureValue(
              column, number(sql, type, raw.isPresent() ? text : "NULL"), text, false)
          : new FeatureValue(
              column,
              text,
              text,
              raw.map(c -> c.kind() == RawKind.INTEGER)
                  .orElse(StagedType.of(type) == StagedType.BIGINT));
    }

    private InvalidInputException nested(ColumnDescription column, String what, String type) {
      return new InvalidInputException(
          String.format(
              "%s: %s is %s, expected single values or a list of them; a source such as"
                  + " flatten(%4$s), or list_transform(%4$s, lambda e: e.FIELD), makes a list",
              expressions.label(), what, type, column.source()));
    }

    private FeatureValue vector(ColumnDescription column, String what, String type, String sql)
        throws SQLException {
      if (!StagedType.of(type).isList()) {
        throw new InvalidInputException(
            String.format(
                Locale.ROOT,
                "%s: %s is %s, expected a list of %d numbers; the format 'vector' reads texts",
                expressions.label(),
                what,
                type,
                column.dimension()));
      }
      String list = String.format("TRY_CAST(%s AS DOUBLE[])", sql);
      if (column.dimension() == 1) {
        throw new InvalidInputException(
            String.format(
                "%s: %s is a list, expected its length as dimension: %s; a source such as %s[1]"
                    + " gives a single number",
                expressions.label(), what, lengths(list), column.source()));
      }
      return new FeatureValue(column, list, sql, false);
    }

    /** The lengths of lists, for a message. */
    private String lengths(String list) throws SQLException {
      return expressions
          .database()
          .query(
              String.format(
                  "SELECT min(len(v)), max(len(v)) FROM (SELECT %s AS v FROM (%s))",
                  list, expressions.rows().values()),
              row ->
                  row.getLong(1) == row.getLong(2)
                      ? String.valueOf(row.getLong(1))
                      : String.format(
                          Locale.ROOT,
                          "its lists have %d to %d numbers, which no model takes",
                          row.getLong(1),
                          row.getLong(2)))
          .get(0);
    }

    private FeatureValue sequence(ColumnDescription column, String what, String type, String text)
        throws SQLException {
      boolean list = StagedType.of(type).isList();
      if (list != column.delimiter().isEmpty()) {
        throw new InvalidInputException(
            String.format(
                "%s: %s is %s, expected a sequence %s delimiter",
                expressions.label(), what, list ? "a list" : type, list ? "without" : "with a"));
      }
      if (!list && integerSequences.isEmpty()) {
        requireNoBrackets(column, what, text);
      }
      String elements =
          list
              ? "CAST(" + Expressions.inSql(column.source()) + " AS VARCHAR[])"
              : String.format(
                  "string_split(CAST(%s AS VARCHAR), %s)", text, DuckDb.text(column.delimiter()));
      Optional<WeightedValues> weights =
          column.isWeighted()
              ? Optional.of(WeightedValues.of(column, elements, expressions))
              : Optional.empty();
      String cleaned =
          weights
              .map(WeightedValues::values)
              .orElseGet(
                  () ->
                      String.format(
                          "list_filter(list_transform(%s, lambda x: nullif(trim(x), '')),"
                              + " lambda x: x IS NOT NULL)",
                          elements));
      boolean integers =
          integerSequences.isPresent()
              ? integerSequences.get().contains(column.name())
              : new KindFinder(expressions.database())
                  .areIntegers(
                      "SELECT " + cleaned + " AS value FROM (" + expressions.rows().values() + ")");
      if (!integers && StagedType.of(type) == StagedType.VECTOR && integerSequences.isEmpty()) {
        throw new InvalidInputException(
            String.format(
                "%s: %s is a list of floats, expected ids; a dense column whose dimension is the"
                    + " length of the list reads it as a vector",
                expressions.label(), what));
      }
      String sql =
          integers
              ? String.format("list_transform(%s, lambda x: %s)", cleaned, RawKind.integral("x"))
              : cleaned;
      return new FeatureValue(column, sql, sql, integers, weights);
    }

    /** Lists in brackets that a delimiter parts keep their brackets. */
    private void requireNoBrackets(ColumnDescription column, String what, String text)
        throws SQLException {
      boolean brackets =
          expressions
              .database()
              .query(
                  String.format(
                      "SELECT coalesce(bool_and(%s), false) FROM (%s)",
                      ListFormat.isBracketed("CAST(" + text + " AS VARCHAR)"),
                      expressions.rows().values()),
                  row -> row.getBoolean(1))
              .get(0);
      if (brackets) {
        throw new InvalidInputException(
            String.format(
                "%s: %s holds lists in brackets, which would become part of the ids with the"
                    + " delimiter '%s'; expected no delimiter, and the format 'list' or"
                    + " 'spaced_list' for the raw column",
                expressions.label(), what, column.delimiter()));
      }
    }

    private static String text(String sql, String type) {
      String text = "CAST(" + sql + " AS VARCHAR)";
      return switch (StagedType.of(type)) {
        case VARCHAR -> "nullif(trim(" + text + "), '')";
        case DOUBLE -> "nullif(CAST(CAST(" + sql + " AS DOUBLE) AS VARCHAR), 'nan')";
        default -> text;
      };
    }

    /**
     * @param written a text that may be a number that the column's kind is not, as 1e9 is no
     *     integer
     */
    private static String number(String sql, String type, String written) {
      return switch (StagedType.of(type)) {
        case DATE, TIMESTAMP -> "CAST(epoch(" + sql + ") AS DOUBLE)";
        case BOOLEAN -> "CAST(CAST(" + sql + " AS INTEGER) AS DOUBLE)";
        default ->
            String.format("coalesce(TRY_CAST(%s AS DOUBLE), TRY_CAST(%s AS DOUBLE))", sql, written);
      };
    }
  }
}
