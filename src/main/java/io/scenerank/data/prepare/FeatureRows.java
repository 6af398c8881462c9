package io.scenerank.data.prepare;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Sets;
import io.scenerank.data.DuckDb;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Raw rows on their way to features.
 *
 * @param source where they come from
 * @param table the rows, side tables joined
 * @param where SQL, which rows are taken
 * @param features the value of each feature
 */
record FeatureRows(
    RawSource source, RawTable table, String where, ImmutableList<FeatureValue> features) {
  /** Whether a row is to train on. */
  static final String TRAIN = "__train";

  private static final ImmutableSet<RawKind> KINDS_TO_CHECK =
      Sets.immutableEnumSet(
          RawKind.INTEGER, RawKind.NUMBER, RawKind.BOOLEAN, RawKind.DATE, RawKind.TIMESTAMP);

  /** A query of the raw values of the rows that are taken. */
  String query() {
    return "SELECT * FROM (" + table.values() + ") WHERE " + Expressions.inSql(where);
  }

  /** Adds checks of numbers: that they are some, and of dense columns that none is missing. */
  void addChecks(RowChecks checks) {
    for (FeatureValue feature : features) {
      ColumnDescription column = feature.column();
      feature.weights().ifPresent(weights -> weights.addChecks(checks));
      if (column.dimension() > 1) {
        addVectorChecks(checks, feature);
      } else if (column.isNumber()) {
        String what = "column '" + column.name() + "'";
        checks.add(
            what,
            feature.written() + " IS NOT NULL AND " + feature.sql() + " IS NULL",
            feature.written(),
            "a number");
        if (column.type() == ColumnDescription.Type.DENSE && column.missing() == null) {
          checks.add(
              what,
              "NOT " + FeatureIds.isFinite(feature.sql()),
              feature.sql(),
              "a finite float; with 'missing: 0' the column would have 0 there");
        }
      }
    }
  }

  private static void addVectorChecks(RowChecks checks, FeatureValue feature) {
    ColumnDescription column = feature.column();
    String what = "column '" + column.name() + "'";
    checks.add(
        what,
        String.format(Locale.ROOT, "len(%s) <> %d", feature.sql(), column.dimension()),
        String.format("len(%s) || ' numbers'", feature.sql()),
        column.dimension() + " numbers, the column's dimension");
    if (column.missing() == null) {
      checks.add(
          what,
          String.format(
              "%1$s IS NULL OR len(list_filter(%1$s, lambda x: NOT %2$s)) > 0",
              feature.sql(), FeatureIds.isFinite("x")),
          feature.sql(),
          "finite floats; with 'missing: 0' the column would have 0 there");
    }
  }

  /**
   * Adds checks that the columns in expressions are what they were when the data set was prepared;
   * a column that is a feature by itself may hold anything, which then is in no vocabulary.
   *
   * @param others names in other expressions, in small letters
   */
  void addKindChecks(RowChecks checks, Set<String> others) {
    for (RawTable.Column column : table.columns()) {
      boolean inExpression =
          others.contains(column.name().toLowerCase(Locale.ROOT))
              || features.stream()
                  .flatMap(feature -> feature.column().sources())
                  .anyMatch(
                      sql ->
                          SqlNames.single(sql).isEmpty()
                              && SqlNames.in(sql).contains(column.name().toLowerCase(Locale.ROOT)));
      if (inExpression && KINDS_TO_CHECK.contains(column.kind())) {
        String text = RawTable.textName(column);
        checks.add(
            "column '" + column.name() + "'",
            text + " IS NOT NULL AND " + DuckDb.name(column.name()) + " IS NULL",
            text,
            column.kind().name().toLowerCase(Locale.ROOT) + " as in training");
      }
    }
  }

  /** SQL of a feature's value. */
  String sqlOf(String name) {
    return features.stream()
        .filter(feature -> feature.column().name().equals(name))
        .findFirst()
        .orElseThrow()
        .sql();
  }

  /**
   * Keeps the features' values in a file.
   *
   * @param more further columns of the file, SQL that ends in a comma; or empty
   */
  Path keep(WorkDatabase database, String more, long rows) throws SQLException {
    String values = features.stream().map(FeatureValue::select).collect(Collectors.joining(", "));
    return database.keep(
        "SELECT " + more + values + " FROM (" + query() + ")",
        new WorkDatabase.Step("features", rows, "rows"));
  }
}
