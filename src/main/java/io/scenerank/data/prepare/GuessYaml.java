package io.scenerank.data.prepare;

import static java.util.stream.Collectors.joining;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Multimaps;
import io.scenerank.feature.ConfigMapper;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Writes a guessed description, with a comment that says why beside each line. */
final class GuessYaml {
  private static final String USER_GROUP = "[dnn, pepnet, user, mmoe, linear]";
  private static final String ITEM_GROUP = "[dnn, pepnet, mmoe, linear]";
  private static final String SCENARIO_GROUP = "[epnet, domain]";
  private static final double SHARE_OF_BEST = 0.8;
  private static final int COMMENT_COLUMN = 40;
  private static final int LONGEST_EXAMPLE = 20;
  // What YAML reads as a text without quotes.
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
  private static final Pattern YAML_WORD = Pattern.compile("(?i)y|n|yes|no|on|off|true|false|null");

  private final String name;
  private final CsvDescription csv;
  private final ImmutableList<ColumnProfile> columns;
  private final ImmutableListMultimap<ColumnRole, ColumnProfile> byRole;
  private final ImmutableSet<String> reserved;
  private final StringBuilder out = new StringBuilder();

  /**
   * @param reserved words of SQL
   */
  GuessYaml(
      String name,
      CsvDescription csv,
      ImmutableList<ColumnProfile> columns,
      ImmutableSet<String> reserved) {
    this.name = name;
    this.csv = csv;
    this.columns = columns;
    this.byRole = Multimaps.index(columns, ColumnRole::of);
    this.reserved = reserved;
  }

  String write() {
    long rows = columns.stream().mapToLong(ColumnProfile::rows).findFirst().orElse(0);
    out.append(
        String.format(
            Locale.ROOT,
            "# A first description, guessed from %,d rows: read it, change it, and prepare the data"
                + " with%n#   scenerank prepare SOURCE --config THIS.yaml --out DIR%n",
            rows));
    line("name: " + quoted(name), "");
    csv();
    labels();
    role("scenario", ColumnRole.SCENARIO, "tells scenarios apart");
    role("user", ColumnRole.USER, "the users of GAUC");
    split();
    line("min_count: 1", "rarer values share the id 0 with unseen ones");
    line("emb_dim: 8", "");
    out.append(String.format("columns:%n"));
    for (ColumnProfile column : columns) {
      column(column);
    }
    constant(ColumnRole.SCENARIO, "scenario", SCENARIO_GROUP);
    constant(ColumnRole.USER, "user", USER_GROUP);
    return out.toString();
  }

  private void csv() {
    if (!csv.delimiter().isEmpty()) {
      line("delimiter: " + json(csv.delimiter()), "separates the fields");
    }
    if (!csv.header()) {
      line("header: false", "the first line is a row");
    }
    if (csv.quote() != null) {
      line(
          "quote: " + json(csv.quote()),
          csv.quote().isEmpty()
              ? "quotes mean nothing: they belong to the values"
              : "around fields");
    }
    if (csv.escape() != null) {
      line("escape: " + json(csv.escape()), "before a quote within a quoted field");
    }
    if (!csv.names().isEmpty()) {
      line(
          "names: [" + csv.names().stream().map(GuessYaml::quoted).collect(joining(", ")) + "]",
          "the columns");
    }
  }

  private void labels() {
    List<ColumnProfile> labels = byRole.get(ColumnRole.LABEL);
    if (labels.isEmpty()) {
      line("labels: {}", "no column looks like one; write TASK: EXPRESSION, as liked: rating >= 4");
      return;
    }
    line("labels:", "a task each: SQL over one row's columns, 0 or 1, true or false");
    for (ColumnProfile label : labels) {
      String sql = Guess.inSql(label.name(), reserved);
      boolean binary = label.isBinary();
      line(
          "  "
              + quoted(binary ? label.name() : "high_" + label.name())
              + ": "
              + quoted(binary ? sql : sql + " >= " + threshold(label)),
          binary
              ? "0 and 1"
              : String.format(
                  Locale.ROOT, "%s to %s", shortest(label.min()), shortest(label.max())));
    }
  }

  private static String threshold(ColumnProfile rating) {
    double share = SHARE_OF_BEST * rating.max();
    return rating.kind() == RawKind.INTEGER
        ? Long.toString((long) Math.ceil(share))
        : shortest(share);
  }

  private static String shortest(double number) {
    return number == Math.rint(number) && Math.abs(number) < 1e15
        ? Long.toString((long) number)
        : Double.toString(number);
  }

  private void role(String key, ColumnRole role, String comment) {
    Optional<ColumnProfile> column = byRole.get(role).stream().findFirst();
    line(
        key + ": " + column.map(c -> quoted(c.name())).orElse("all_" + key + "s"),
        column
            .map(c -> comment + "; " + values(c))
            .orElse("no column looks like one, so that all rows have the same"));
  }

  private void split() {
    // The column with the most moments tells best which rows are newer.
    Optional<ColumnProfile> time =
        byRole.get(ColumnRole.TIME).stream()
            .filter(column -> !column.hasMissing())
            .max(Comparator.comparingLong(ColumnProfile::distinct));
    line(
        time.map(
                column ->
                    String.format(
                        "split: {by: time, column: %s, test_share: 0.2}",
                        quoted(Guess.inSql(column.name(), reserved))))
            .orElse("split: {by: random, test_share: 0.2, seed: 1}"),
        time.isPresent()
            ? "the newest rows are for testing; or test_from: a first moment"
            : "no column looks like the time of a row; or by: time, by: user");
  }

  private void column(ColumnProfile column) {
    ColumnRole role = ColumnRole.of(column);
    String text = quoted(column.name());
    switch (role) {
      case LABEL -> leftOut(text, "a label");
      case TIME -> leftOut(text, "the time of a row; " + values(column));
      case OUTCOME -> leftOut(text, "looks like it is known after the fact; " + values(column));
      case CONSTANT -> leftOut(text, column.present() == 0 ? "always missing" : "one value only");
      case UNIQUE -> leftOut(text, "another value in nearly every row");
      case USER -> add(text, first(column, role) ? ", group: " + USER_GROUP : "", column);
      case ITEM -> add(text, ", group: " + ITEM_GROUP, column);
      case SCENARIO -> add(text, first(column, role) ? ", group: " + SCENARIO_GROUP : "", column);
      case SEQUENCE ->
          add(
              text,
              ", type: sequence, max_len: "
                  + (column.kind() == RawKind.LIST
                      ? (int) Math.max(1, Math.min(50, column.max()))
                      : 20)
                  + (column.delimiter().isEmpty()
                      ? ""
                      : ", delimiter: \"" + column.delimiter() + "\""),
              column);
      case BINNED -> add(text, ", bins: 10", column);
      case DENSE ->
          add(text, ", type: dense" + (column.hasMissing() ? ", missing: 0" : ""), column);
      case SPARSE -> add(text, "", column);
    }
  }

  private boolean first(ColumnProfile column, ColumnRole role) {
    return byRole.get(role).get(0).equals(column);
  }

  /** A column of one value for a role that no column has. */
  private void constant(ColumnRole role, String key, String group) {
    if (byRole.get(role).isEmpty()) {
      line("  - {name: all_" + key + "s, source: \"'all'\", group: " + group + "}", "");
    }
  }

  private void add(String text, String more, ColumnProfile column) {
    line("  - {name: " + text + more + "}", values(column));
  }

  private void leftOut(String text, String why) {
    line("  # - {name: " + text + "}", "left out: " + why);
  }

  private static String values(ColumnProfile column) {
    StringBuilder values =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                "%s, %,d values",
                column.kind().name().toLowerCase(Locale.ROOT),
                column.distinct()));
    if (column.hasMissing()) {
      values.append(
          String.format(
              Locale.ROOT,
              ", %.0f%% missing",
              100.0 * (column.rows() - column.present()) / column.rows()));
    }
    values.append(", such as ");
    for (String example : column.examples()) {
      String line = example.replaceAll("\\p{Cntrl}", " ");
      values
          .append(
              line.length() > LONGEST_EXAMPLE
                  ? line.substring(
                          0, line.offsetByCodePoints(0, line.codePointCount(0, LONGEST_EXAMPLE)))
                      + "…"
                  : line)
          .append(example.equals(column.examples().get(column.examples().size() - 1)) ? "" : ", ");
    }
    return values.toString();
  }

  private static String quoted(String text) {
    return PLAIN.matcher(text).matches() && !YAML_WORD.matcher(text).matches() ? text : json(text);
  }

  private static String json(String text) {
    return new ConfigMapper().toJson(text);
  }

  private void line(String text, String comment) {
    out.append(text);
    if (!comment.isEmpty()) {
      out.append(" ".repeat(Math.max(2, COMMENT_COLUMN - text.length())))
          .append("# ")
          .append(comment);
    }
    out.append(System.lineSeparator());
  }
}
