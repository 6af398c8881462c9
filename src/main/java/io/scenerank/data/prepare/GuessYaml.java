package io.scenerank.data.prepare;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.joining;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.scenerank.feature.DefaultGroups;
import io.scenerank.feature.DefaultGroups.Role;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Writes a guessed description, with a comment at each line that gives the reason. */
final class GuessYaml {
  private static final int COMMENT_COLUMN = 40;

  private final GuessedTable table;
  private final DefaultGroups groups;
  private final GuessedNames names = new GuessedNames();
  private final Map<String, String> features = new HashMap<>();
  private final StringBuilder out = new StringBuilder();

  /**
   * @param groups of the user, the items and the scenario, where models read them
   */
  GuessYaml(GuessedTable table, DefaultGroups groups) {
    this.table = table;
    this.groups = groups;
  }

  String write() {
    head();
    csv();
    missing();
    formats();
    labels();
    table.columns().forEach(c -> features.put(c.name(), names.take(c.facts().name().plain())));
    String scenario = role("scenario", ColumnRole.SCENARIO, "distinguishes the scenarios");
    String user = role("user", ColumnRole.USER, "the users of GAUC");
    line(table.split().yaml(), table.split().comment());
    line("min_count: 1", "rarer values get the id 0, as unseen ones do");
    line("emb_dim: 8", "");
    line("columns:", "");
    table.columns().forEach(this::column);
    constant(ColumnRole.SCENARIO, scenario, Role.SCENARIO);
    constant(ColumnRole.USER, user, Role.USER);
    return out.toString();
  }

  private void head() {
    line(
        String.format(
            Locale.ROOT,
            "# A first description, guessed from %,d rows: read it, change it, and prepare the data"
                + " with",
            table.rows()),
        "");
    line("#   scenerank prepare SOURCE --config THIS.yaml --out DIR", "");
    table.notes().forEach(note -> line(GuessText.comment("# Note: " + note), ""));
    line("name: " + GuessText.yaml(table.name()), "");
  }

  private void csv() {
    CsvDescription csv = table.csv();
    if (!csv.delimiter().isEmpty()) {
      line("delimiter: " + GuessText.quoted(csv.delimiter()), "separates the fields");
    }
    if (!csv.header()) {
      line("header: false", "the first line is a row");
    }
    if (csv.quote() != null) {
      line(
          "quote: " + GuessText.quoted(csv.quote()),
          csv.quote().isEmpty() ? "quotes are part of the values" : "around fields");
    }
    if (csv.escape() != null) {
      line("escape: " + GuessText.quoted(csv.escape()), "before a quote within a quoted field");
    }
    if (!csv.names().isEmpty()) {
      line("names: " + list(csv.names()), "the columns");
    }
  }

  private static String list(List<String> texts) {
    return texts.stream().map(GuessText::yaml).collect(joining(", ", "[", "]"));
  }

  private void missing() {
    if (!table.missing().isEmpty()) {
      line(
          "missing_values: "
              + table.missing().keySet().stream()
                  .map(GuessText::quoted)
                  .collect(joining(", ", "[", "]")),
          "mean a missing value, in "
              + String.join(", ", ImmutableSet.copyOf(table.missing().values())));
    }
  }

  private void formats() {
    if (!table.formats().isEmpty()) {
      line("formats:", "how raw columns are read");
      table
          .formats()
          .forEach(
              (name, format) ->
                  line(
                      "  " + GuessText.yaml(name) + ": " + GuessText.yaml(format.name()),
                      format.expected()));
    }
  }

  private void labels() {
    ImmutableList<GuessedColumn> taken = table.labels().taken();
    line(
        taken.isEmpty() ? "labels: {}" : "labels:",
        taken.isEmpty()
            ? "no column looks like a label; write TASK: EXPRESSION, for example liked: rating >= 4"
            : "one for each task: SQL over the columns of one row, 0 or 1, true or false");
    taken.forEach(column -> tasks(column, "  ", column.label().orElseThrow().why()));
    table.labels().others().forEach(column -> tasks(column, "  # ", otherwise(column)));
    String where = table.labels().where();
    if (!where.equals(Description.ALL_ROWS)) {
      line(
          "where: " + GuessText.yaml(where),
          "rows without the label are left out, " + GuessText.missing(taken.get(0).profile()));
    }
  }

  private void tasks(GuessedColumn column, String indent, String why) {
    for (GuessedLabel.Task task : column.label().orElseThrow().tasks()) {
      line(
          indent + GuessText.yaml(names.take(task.name())) + ": " + GuessText.yaml(task.sql()),
          why);
    }
  }

  /** Why the label of a column is not taken. */
  private static String otherwise(GuessedColumn column) {
    GuessedLabel label = column.label().orElseThrow();
    return label.understood()
        ? String.format(
            "%s, %s: needs where: %s IS NOT NULL, or coalesce(…, 0) if that means no",
            label.why(), GuessText.missing(column.profile()), column.facts().sql())
        : "perhaps; " + label.why();
  }

  /** Writes who has a role; the feature's name. */
  private String role(String key, ColumnRole role, String comment) {
    Optional<GuessedColumn> column = table.first(role);
    String name =
        column.map(c -> features.get(c.name())).orElseGet(() -> names.take("all_" + key + "s"));
    line(
        key + ": " + GuessText.yaml(name),
        column
            .map(c -> comment + "; " + GuessText.values(c.profile()))
            .orElse("no column looks like a scenario, so that all rows have the same"));
    return name;
  }

  private void column(GuessedColumn column) {
    switch (column.role()) {
      case LABEL, TIME, LEFT_OUT ->
          line("  # - {name: " + GuessText.yaml(column.name()) + "}", "left out: " + column.why());
      case USER -> add(column, isFirst(column) ? group(Role.USER) : "");
      case ITEM -> add(column, group(Role.ITEM));
      case SCENARIO -> add(column, isFirst(column) ? group(Role.SCENARIO) : "");
      case SEQUENCE -> add(column, GuessText.sequence(column.profile()));
      case BINNED -> add(column, ", bins: 10");
      case DENSE -> add(column, GuessText.dense(column.profile()));
      case SPARSE -> add(column, "");
    }
  }

  private String group(Role role) {
    return ", group: " + groups.of(role);
  }

  private boolean isFirst(GuessedColumn column) {
    return table.first(column.role()).filter(column::equals).isPresent();
  }

  private void add(GuessedColumn column, String more) {
    String name = requireNonNull(features.get(column.name()), column.name());
    // A list of one number is a number.
    String element =
        column.profile().kind() == RawKind.VECTOR && column.profile().max() == 1 ? "[1]" : "";
    String source =
        name.equals(column.name()) && element.isEmpty()
            ? ""
            : ", source: " + GuessText.quoted(column.facts().sql() + element);
    line(
        "  - {name: " + GuessText.yaml(name) + source + more + "}",
        GuessText.values(column.profile()) + (column.why().isEmpty() ? "" : "; " + column.why()));
  }

  /** A column of one value for a role that no column has. */
  private void constant(ColumnRole role, String name, Role group) {
    if (table.first(role).isEmpty()) {
      line("  - {name: " + GuessText.yaml(name) + ", source: \"'all'\"" + group(group) + "}", "");
    }
  }

  private void line(String text, String comment) {
    out.append(text);
    if (!comment.isEmpty()) {
      out.append(" ".repeat(Math.max(2, COMMENT_COLUMN - text.length())))
          .append("# ")
          .append(GuessText.comment(comment));
    }
    out.append(System.lineSeparator());
  }
}
