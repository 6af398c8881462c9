package io.scenerank.data.prepare;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Sets;
import io.scenerank.config.SpellingHint;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Walks over DuckDB's parse tree of an expression and looks for what is not allowed: anything but
 * literals, columns, operators, CASE, CAST and {@link ScalarFunctions}. What it does not know is
 * not allowed.
 */
final class ExpressionTree {
  private static final ImmutableSet<String> CLASSES =
      ImmutableSet.of(
          "CONSTANT",
          "COLUMN_REF",
          "FUNCTION",
          "OPERATOR",
          "COMPARISON",
          "CONJUNCTION",
          "BETWEEN",
          "CASE",
          "CAST",
          "LAMBDA");

  private static final ImmutableSet<String> OPERATORS =
      ImmutableSet.of(
          "OPERATOR_NOT",
          "OPERATOR_IS_NULL",
          "OPERATOR_IS_NOT_NULL",
          "OPERATOR_COALESCE",
          "OPERATOR_TRY",
          "COMPARE_IN",
          "COMPARE_NOT_IN",
          "ARRAY_EXTRACT",
          "ARRAY_SLICE",
          "STRUCT_EXTRACT",
          "ARRAY_CONSTRUCTOR");

  private static final ImmutableSet<String> TYPES =
      ImmutableSet.of(
          "NULL",
          "BOOLEAN",
          "TINYINT",
          "SMALLINT",
          "INTEGER",
          "BIGINT",
          "HUGEINT",
          "UTINYINT",
          "USMALLINT",
          "UINTEGER",
          "UBIGINT",
          "UHUGEINT",
          "FLOAT",
          "DOUBLE",
          "DECIMAL",
          "VARCHAR",
          "BLOB",
          "UUID",
          "DATE",
          "TIME",
          "TIMESTAMP",
          "TIMESTAMP_S",
          "TIMESTAMP_MS",
          "TIMESTAMP_NS",
          "TIMESTAMP WITH TIME ZONE",
          "INTERVAL",
          "LIST",
          "ARRAY",
          "STRUCT",
          "MAP");

  private static final String JSON = "json";

  private final Set<String> columns = new LinkedHashSet<>();
  private @Nullable String problem;

  private ExpressionTree() {}

  /**
   * What an expression is made of.
   *
   * @param columns the names of the columns that it reads, as they are written
   * @param problem what is not allowed in it, if anything is
   */
  record Content(ImmutableSet<String> columns, Optional<String> problem) {}

  /** Looks at an expression. */
  static Content look(JsonNode expression) {
    ExpressionTree tree = new ExpressionTree();
    tree.visit(expression, ImmutableSet.of());
    return new Content(ImmutableSet.copyOf(tree.columns), Optional.ofNullable(tree.problem));
  }

  private void refuse(String what) {
    problem = problem == null ? what : problem;
  }

  /**
   * @param elements names of list elements that an enclosing function gives
   */
  private void visit(JsonNode node, Set<String> elements) {
    String kind = node.path("class").asText();
    if (!CLASSES.contains(kind)) {
      refuse(named(kind));
      return;
    }
    switch (kind) {
      case "CONSTANT" -> requireType(node.path("value").path("type"));
      case "COLUMN_REF" -> column(node, elements);
      case "FUNCTION" -> function(node, elements);
      case "OPERATOR" -> operator(node, elements);
      case "CAST" -> {
        requireType(node.path("cast_type"));
        visit(node.path("child"), elements);
      }
      case "CASE" -> cases(node, elements);
      case "BETWEEN" -> parts(node, elements, "input", "lower", "upper");
      case "COMPARISON" -> parts(node, elements, "left", "right");
      // Outside of the functions of lists an arrow takes a value out of JSON.
      case "LAMBDA" -> parts(node, elements, "lhs", "expr");
      default -> each(node.path("children"), elements);
    }
  }

  private static String named(String kind) {
    return switch (kind) {
      case "SUBQUERY" -> "has a subquery";
      case "WINDOW" -> "has a window function";
      case "STAR" -> "has '*' or COLUMNS";
      case "PARAMETER" -> "has a parameter";
      case "COLLATE" -> "has COLLATE";
      default -> kind.isEmpty() ? "is not an expression" : "has a " + kind.replace('_', ' ');
    };
  }

  private void parts(JsonNode node, Set<String> elements, String... keys) {
    for (String key : keys) {
      visit(node.path(key), elements);
    }
  }

  private void each(JsonNode list, Set<String> elements) {
    list.forEach(child -> visit(child, elements));
  }

  private void column(JsonNode node, Set<String> elements) {
    String name = node.path("column_names").path(0).asText();
    if (!elements.contains(small(name))) {
      columns.add(name);
    }
  }

  private void operator(JsonNode node, Set<String> elements) {
    String type = node.path("type").asText();
    if (!OPERATORS.contains(type)) {
      refuse("has the operator " + type);
    }
    each(node.path("children"), elements);
  }

  private void cases(JsonNode node, Set<String> elements) {
    node.path("case_checks").forEach(check -> parts(check, elements, "when_expr", "then_expr"));
    visit(node.path("else_expr"), elements);
  }

  private void function(JsonNode node, Set<String> elements) {
    String name = node.path("function_name").asText();
    String schema = node.path("schema").asText();
    if (!ScalarFunctions.allows(name)
        || !(schema.isEmpty() || schema.equals("main"))
        || !node.path("catalog").asText().isEmpty()) {
      refuse(
          String.format(
              "has the function '%s'%s",
              schema.isEmpty() ? name : schema + "." + name,
              SpellingHint.to(name, ScalarFunctions.NAMED)
                  .map(near -> " (did you mean '" + near + "'?)")
                  .orElse("")));
    }
    if (!node.path("filter").isNull()
        || !node.path("order_bys").path("orders").isEmpty()
        || node.path("distinct").asBoolean()
        || node.path("export_state").asBoolean()) {
      refuse("has an aggregate's FILTER, ORDER BY or DISTINCT in '" + name + "'");
    }
    for (JsonNode child : node.path("children")) {
      if (ScalarFunctions.takesLambda(name) && child.path("class").asText().equals("LAMBDA")) {
        lambda(child, elements);
      } else {
        visit(child, elements);
      }
    }
  }

  /** {@code lambda x: …}, or {@code lambda x, i: …}, whose names are those of a row then. */
  private void lambda(JsonNode node, Set<String> elements) {
    JsonNode left = node.path("lhs");
    Set<String> own = new LinkedHashSet<>();
    if (left.path("class").asText().equals("COLUMN_REF")) {
      own.add(small(left.path("column_names").path(0).asText()));
    }
    for (JsonNode name : left.path("children")) {
      own.add(small(name.path("column_names").path(0).asText()));
    }
    visit(node.path("expr"), Sets.union(own, elements));
  }

  private void requireType(JsonNode type) {
    String id = type.path("id").asText();
    JsonNode info = type.path("type_info");
    boolean json =
        id.equals("UNBOUND")
            && info.path("name").asText().equalsIgnoreCase(JSON)
            && info.path("catalog").asText().isEmpty()
            && info.path("schema").asText().isEmpty();
    if (!json && !TYPES.contains(id)) {
      refuse("has the type " + (id.equals("UNBOUND") ? info.path("name").asText() : id));
    }
    if (info.has("child_type")) {
      requireType(info.path("child_type"));
    }
    info.path("child_types").forEach(child -> requireType(child.path("second")));
  }

  private static String small(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
