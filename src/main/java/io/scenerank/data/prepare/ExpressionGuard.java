package io.scenerank.data.prepare;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.DuckDb;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Predicate;

/**
 * Lets an SQL expression pass that does no more than compute a value of one row. Expressions come
 * with descriptions and run folders, which may come from anybody. DuckDB itself parses them, so
 * that what is looked at is what it would run.
 *
 * @param label names the rows in messages
 */
record ExpressionGuard(WorkDatabase database, String label) {
  private static final String ALLOWED =
      "expected literals, columns, operators, CASE, CAST and the functions of docs/expressions.md";
  private static final int MOST_SHOWN = 200;
  private static final String PLACE = "query_location";

  /**
   * The columns that an expression reads, as it writes their names.
   *
   * @param what names the expression in messages: {@code label 'is_click'}
   * @throws InvalidInputException naming what is not allowed, or what DuckDB says of the syntax
   */
  ImmutableSet<String> columns(String what, String expression) throws SQLException {
    if (expression.indexOf('\0') >= 0) {
      throw refused(what, expression, "has a character 0");
    }
    // Only an expression that is complete by itself stays the same between brackets.
    ImmutableList<JsonNode> trees =
        ImmutableList.of(
            tree(what, expression, expression + "\n"),
            tree(what, expression, Expressions.inSql(expression)));
    if (!trees.get(0).equals(trees.get(1))) {
      throw refused(what, expression, "is not a single expression");
    }
    ExpressionTree.Content content = ExpressionTree.look(trees.get(0));
    if (content.problem().isPresent()) {
      throw refused(what, expression, content.problem().get());
    }
    return content.columns();
  }

  /** The columns that features read. See {@link #columns(String, String)}. */
  ImmutableSet<String> columns(List<ColumnDescription> features) throws SQLException {
    ImmutableSet.Builder<String> columns = ImmutableSet.builder();
    for (ColumnDescription feature : features) {
      columns.addAll(columns("column '" + feature.name() + "'", feature.source()));
      if (feature.weights() != null) {
        columns.addAll(columns(WeightedValues.what(feature), feature.weights()));
      }
    }
    return columns.build();
  }

  private JsonNode tree(String what, String expression, String sql) throws SQLException {
    String json =
        database
            .query(
                "SELECT json_serialize_sql(" + DuckDb.text("SELECT " + sql) + ")",
                row -> row.getString(1))
            .get(0);
    JsonNode parsed = parse(what, expression, json);
    String error = parsed.path("error_message").asText();
    if (error.startsWith("Only SELECT")) {
      throw refused(what, expression, "is a statement");
    }
    if (parsed.path("error").asBoolean(true)) {
      throw new InvalidInputException(
          String.format(
              "%s: %s: '%s' is not valid: %s", label, what, oneLine(expression), oneLine(error)));
    }
    JsonNode select = parsed.path("statements").path(0).path("node");
    if (parsed.path("statements").size() != 1 || !isExpression(select)) {
      throw refused(what, expression, "is not a single expression");
    }
    return withoutPlaces(select.path("select_list").path(0));
  }

  private JsonNode parse(String what, String expression, String json) {
    try {
      // DuckDB writes an infinite literal as Infinity.
      return JsonMapper.builder()
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .build()
          .readTree(json);
    } catch (JsonProcessingException e) {
      throw refused(what, expression, "is nested deeper than 1,000");
    }
  }

  /** Whether a parsed SELECT has one expression, and nothing else of all that it could have. */
  private static boolean isExpression(JsonNode select) {
    Predicate<String> empty = key -> select.path(key).isEmpty() && !select.path(key).isValueNode();
    Predicate<String> none = key -> select.path(key).isNull();
    return select.path("type").asText().equals("SELECT_NODE")
        && select.path("select_list").size() == 1
        && select.path("select_list").path(0).path("alias").asText().isEmpty()
        && select.path("from_table").path("type").asText().equals("EMPTY")
        && select.path("cte_map").path("map").isEmpty()
        && empty.test("modifiers")
        && empty.test("group_expressions")
        && empty.test("group_sets")
        && none.test("where_clause")
        && none.test("having")
        && none.test("sample")
        && none.test("qualify")
        && select.path("aggregate_handling").asText().equals("STANDARD_HANDLING");
  }

  private static JsonNode withoutPlaces(JsonNode tree) {
    if (tree instanceof ObjectNode object) {
      object.remove(PLACE);
    }
    tree.forEach(ExpressionGuard::withoutPlaces);
    return tree;
  }

  private InvalidInputException refused(String what, String expression, String found) {
    return new InvalidInputException(
        String.format("%s: %s: '%s' %s, %s", label, what, oneLine(expression), found, ALLOWED));
  }

  /** Short enough to be read, in one line. */
  private static String oneLine(String text) {
    String line = text.strip().replaceAll("[\\s\\p{Cntrl}]+", " ");
    return line.length() <= MOST_SHOWN ? line : line.substring(0, MOST_SHOWN) + "…";
  }
}
