package io.scenerank.data.prepare;

import com.google.common.collect.ImmutableList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Says why a guess has no labels: what the files look like instead, and what to do. */
final class GuessProblem {
  private static final int MOST = 3;
  private static final int MOST_NAMES = 12;

  // What may separate fields where no usual delimiter does, as in user_id::item_id.
  private static final Pattern BETWEEN =
      Pattern.compile("(?<=[\\p{L}\\p{N}])[^\\p{L}\\p{N}_\\-.]{1,4}(?=[\\p{L}\\p{N}])");

  private GuessProblem() {}

  /** The problem of a table; empty if it has labels. */
  static Optional<String> of(GuessedTable table) {
    if (!table.labels().taken().isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        noHeader(table)
            .or(() -> oneColumn(table))
            .or(() -> unclear(table))
            .or(() -> twoValues(table))
            .orElseGet(() -> noName(table)));
  }

  private static Optional<String> noHeader(GuessedTable table) {
    return table.csv().header() || !isNumbered(table)
        ? Optional.empty()
        : Optional.of(
            "the first line is treated as a row, so that the columns have no names; name them"
                + " (--no-header --names a,b,c), and name a label among them, for example click");
  }

  /** Whether the columns have no names but numbers. */
  private static boolean isNumbered(GuessedTable table) {
    return table.columns().stream().allMatch(column -> column.name().matches("column[0-9]+"));
  }

  private static Optional<String> oneColumn(GuessedTable table) {
    if (table.columns().size() != 1) {
      return Optional.empty();
    }
    GuessedColumn column = table.columns().get(0);
    Matcher between = BETWEEN.matcher(column.name());
    return Optional.of(
        "there is only one column, '"
            + GuessText.comment(column.name())
            + "'; "
            + (between.find()
                ? "is '"
                    + visible(between.group())
                    + "' the delimiter? name it: --delimiter '"
                    + visible(between.group())
                    + "'"
                : "is the delimiter not a comma, tab, semicolon or bar? name it: --delimiter"
                    + " TEXT"));
  }

  /** Control characters as an option takes them. */
  private static String visible(String text) {
    StringBuilder visible = new StringBuilder();
    text.chars()
        .forEach(
            c ->
                visible.append(
                    Character.isISOControl(c)
                        ? String.format("\\x%02x", c)
                        : String.valueOf((char) c)));
    return visible.toString();
  }

  private static Optional<String> unclear(GuessedTable table) {
    List<GuessedColumn> others = table.labels().others();
    if (others.isEmpty()) {
      return Optional.empty();
    }
    String found =
        String.join(
            "; ",
            others.stream()
                .limit(MOST)
                .map(GuessedColumn::note)
                .flatMap(Optional::stream)
                .toList());
    return Optional.of(
        others.stream()
            .flatMap(c -> c.label().orElseThrow().tasks().stream())
            .findFirst()
            .map(task -> found + "; write " + proposal(task))
            .orElse(found));
  }

  private static Optional<String> twoValues(GuessedTable table) {
    List<GuessedColumn> two =
        table.columns().stream().filter(c -> c.profile().distinct() == 2).toList();
    return two.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "no column has the name of a label; columns of two values: "
                + String.join(
                    ", ", two.stream().limit(MOST_NAMES).map(GuessProblem::twoValues).toList())
                + "; write "
                + proposal(
                    new GuessedLabel.Task(two.get(0).facts().name().plain(), yes(two.get(0)))));
  }

  private static String twoValues(GuessedColumn column) {
    return "'" + column.name() + "' (" + String.join(", ", column.facts().values()) + ")";
  }

  private static String yes(GuessedColumn column) {
    ImmutableList<String> values = column.facts().values();
    boolean number = column.profile().kind() == RawKind.INTEGER;
    String last = values.get(values.size() - 1);
    return column.facts().sql() + " = " + (number ? last : ColumnFacts.text(last));
  }

  private static String noName(GuessedTable table) {
    return "no column has the name of a label: "
        + names(table)
        + "; write "
        + proposal(new GuessedLabel.Task("liked", "rating >= 4"));
  }

  private static String proposal(GuessedLabel.Task task) {
    return "labels: {" + GuessText.yaml(task.name()) + ": " + GuessText.yaml(task.sql()) + "}";
  }

  private static String names(GuessedTable table) {
    List<String> names = table.columns().stream().map(GuessedColumn::name).toList();
    return String.join(", ", names.subList(0, Math.min(MOST_NAMES, names.size())))
        + (names.size() > MOST_NAMES ? ", …" : "");
  }
}
