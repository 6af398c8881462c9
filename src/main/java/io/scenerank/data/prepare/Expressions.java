package io.scenerank.data.prepare;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableCollection;
import io.scenerank.config.InvalidInputException;
import io.scenerank.config.SpellingHint;
import io.scenerank.data.DuckDb;
import java.sql.SQLException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Checks a description's SQL expressions against raw rows.
 *
 * @param label names the rows in messages
 * @param columns all their columns, also those that were not kept
 */
record Expressions(
    WorkDatabase database, RawTable rows, String label, ImmutableCollection<String> columns) {
  private static final Pattern UNKNOWN = Pattern.compile("Referenced column \"(.+?)\" not found");

  /** The expression as it is written in a query; a comment at its end does no harm. */
  static String inSql(String expression) {
    return "(" + expression + "\n)";
  }

  /**
   * DuckDB's type of an expression.
   *
   * @param what names the expression in messages: {@code label 'is_click'}
   * @throws InvalidInputException naming the column that is not there, or what DuckDB says
   */
  String type(String what, String expression) throws SQLException {
    // DuckDB has functions that need no brackets, as user: a column must be there by itself.
    for (String name : new ExpressionGuard(database, label).columns(what, expression)) {
      if (rows.find(name).isEmpty()) {
        throw unknown(what, name);
      }
    }
    try {
      String query = String.format("SELECT %s AS v FROM (%s)", inSql(expression), rows.values());
      return requireNonNull(database.columns(query).get("v"), expression);
    } catch (SQLException e) {
      String reason = DuckDb.reason(e);
      Matcher unknown = UNKNOWN.matcher(reason);
      throw unknown.find()
          ? unknown(what, unknown.group(1))
          : new InvalidInputException(
              String.format("%s: %s: '%s' is not valid: %s", label, what, expression, reason), e);
    }
  }

  private InvalidInputException unknown(String what, String name) {
    return new InvalidInputException(
        String.format(
            "%s: %s: there is no column '%s'%s%s",
            label, what, name, SpellingHint.hint(name, columns), CsvHeader.hint(columns)));
  }

  /** The column that an expression consists of, if it is no more than one. */
  Optional<RawTable.Column> column(String expression) {
    return SqlNames.single(expression).flatMap(rows::find);
  }
}
