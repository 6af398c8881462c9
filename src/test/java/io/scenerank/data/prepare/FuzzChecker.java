package io.scenerank.data.prepare;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.google.common.collect.ImmutableList;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.DuckDb;
import io.scenerank.data.DuckDb.DuckDbOptions;
import io.scenerank.data.prepare.FuzzColumn.Kind;
import io.scenerank.data.prepare.FuzzResult.Verdict;
import io.scenerank.data.prepare.RawData.GuessedDescription;
import io.scenerank.model.Models;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Guesses a description of a random table, prepares it and compares all values with the truth. */
final class FuzzChecker {
  private static final String ROW = "fuzz row";
  private static final YAMLMapper YAML = new YAMLMapper(new YAMLFactory());

  private final FuzzTable table;
  private final List<String> said = new ArrayList<>();
  private final List<String> silent = new ArrayList<>();

  private FuzzChecker(FuzzTable table) {
    this.table = table;
  }

  /**
   * @param folder an empty one
   */
  static FuzzResult check(FuzzTable table, Path folder) throws IOException, SQLException {
    return new FuzzChecker(table).check(folder);
  }

  private FuzzResult check(Path folder) throws IOException, SQLException {
    SourceFiles files =
        SourceFiles.find(new FuzzWriter(table).write(folder).toString(), Path.of(""));
    PrepareOptions options =
        new PrepareOptions(new DuckDbOptions(2), "", (step, done, total, unit) -> {});
    GuessedDescription guess;
    try {
      guess = new Guess(options, Models.standard().groups()).of(files, CsvDescription.DEFAULT);
    } catch (InvalidInputException e) {
      return new FuzzResult(Verdict.SAID, ImmutableList.of("guess: " + e.getMessage()));
    }
    if (guess.problem().isPresent()) {
      return new FuzzResult(Verdict.SAID, ImmutableList.of("problem: " + guess.problem().get()));
    }
    Description description;
    try {
      description = described(guess.yaml());
      new Preparation(options, Models.standard().groups(), Path.of(""))
          .write(description, guess.yaml(), files, folder.resolve("data"), false);
    } catch (InvalidInputException e) {
      // What a guess writes is what prepare takes: an error here is one of the guess.
      return new FuzzResult(
          Verdict.SILENT, ImmutableList.of("prepare refuses the guess: " + e.getMessage()));
    }
    compare(guess.yaml(), description, FuzzPrepared.read(folder.resolve("data"), description));
    return silent.isEmpty()
        ? new FuzzResult(said.isEmpty() ? Verdict.TRUE : Verdict.SAID, ImmutableList.copyOf(said))
        : new FuzzResult(Verdict.SILENT, ImmutableList.copyOf(silent));
  }

  private FuzzColumn index() {
    return table.columns().stream().filter(c -> c.kind() == Kind.INDEX).findFirst().orElseThrow();
  }

  /** The description with the numbers of the rows as a feature more, by which they are found. */
  private Description described(String yaml) throws IOException {
    ObjectNode tree = (ObjectNode) YAML.readTree(yaml);
    tree.withArray("columns")
        .addObject()
        .put("name", ROW)
        .put("source", DuckDb.name(table.nameOf(index())))
        .put("type", "dense");
    return Description.parse(YAML.writeValueAsString(tree), "guess");
  }

  private void compare(String yaml, Description description, FuzzPrepared prepared) {
    List<Integer> rows = new ArrayList<>();
    for (var row : prepared.rows()) {
      Double number = (Double) row.get(ROW);
      int at = index().truth().indexOf(number.longValue());
      if (at < 0) {
        silent.add("rows: no row has the number " + number);
        return;
      }
      rows.add(at);
    }
    if (rows.stream().distinct().count() != rows.size()) {
      silent.add("rows: some occur twice");
    }
    FuzzNotes notes = new FuzzNotes(yaml);
    rows(description, rows, notes);
    for (FuzzColumn column : table.columns()) {
      column(column, description, prepared, rows, notes);
    }
    split(description, prepared, rows);
  }

  /** All rows are there except for those without a label and those that 'where' leaves out. */
  private void rows(Description description, List<Integer> rows, FuzzNotes notes) {
    if (rows.size() == table.rows()) {
      return;
    }
    for (FuzzColumn column : table.columns()) {
      if (column.kind() == Kind.LABEL && reads(description.where(), column)) {
        for (int row = 0; row < table.rows(); row++) {
          if (rows.contains(row) != (column.truth().get(row) != null)) {
            silent.add("rows: 'where' takes others than those with the label");
            return;
          }
        }
        return;
      }
    }
    silent.add(String.format("rows: %d of %d", rows.size(), table.rows()));
  }

  private boolean reads(String expression, FuzzColumn column) {
    return SqlNames.in(expression).contains(table.nameOf(column).toLowerCase(Locale.ROOT));
  }

  private void column(
      FuzzColumn column,
      Description description,
      FuzzPrepared prepared,
      List<Integer> rows,
      FuzzNotes notes) {
    String what = String.format("'%s' (%s, %s)", column.name(), column.kind(), column.form());
    boolean used = false;
    for (ColumnDescription feature : description.columns()) {
      if (!feature.name().equals(ROW) && reads(feature.source(), column)) {
        used = true;
        if (!column.isFeature()) {
          silent.add(what + ": is a feature");
        } else {
          new FuzzComparison(column, feature, table.file().missing())
              .differs(prepared, rows)
              .ifPresent(found -> differs(what + " as " + form(feature) + found, column, notes));
        }
      }
    }
    for (var label : description.labels().entrySet()) {
      if (reads(label.getValue().expression(), column)) {
        used = true;
        label(what, column, label.getKey(), prepared, rows).ifPresent(silent::add);
      }
    }
    used |= column.kind() == Kind.TIME && reads(description.split().column(), column);
    if (!used && column.kind() != Kind.INDEX) {
      String name = table.nameOf(column);
      (notes.names(name) ? said : silent).add(what + ": is not used");
    }
  }

  private static String form(ColumnDescription feature) {
    return feature.type()
        + (feature.bins() > 0 ? " of bins" : "")
        + (feature.delimiter().isEmpty() ? "" : " by '" + feature.delimiter() + "'")
        + ": ";
  }

  private void differs(String what, FuzzColumn column, FuzzNotes notes) {
    (notes.warns(table.nameOf(column)) ? said : silent).add(what);
  }

  private static Optional<String> label(
      String what, FuzzColumn column, String task, FuzzPrepared prepared, List<Integer> rows) {
    if (column.kind() != Kind.LABEL) {
      return Optional.of(what + ": is taken for a label");
    }
    for (int i = 0; i < rows.size(); i++) {
      Object truth = column.truth().get(rows.get(i));
      Object found = prepared.rows().get(i).get(task);
      if (!found.equals(truth)) {
        return Optional.of(
            String.format("%s: row %d is %s, not %s", what, rows.get(i), found, truth));
      }
    }
    return Optional.empty();
  }

  /** A split by time is by a time: no row to train on is newer than one to test on. */
  private void split(Description description, FuzzPrepared prepared, List<Integer> rows) {
    if (description.split().by() != SplitDescription.By.TIME) {
      return;
    }
    Optional<FuzzColumn> time =
        table.columns().stream().filter(c -> reads(description.split().column(), c)).findFirst();
    if (time.isEmpty() || time.get().kind() != Kind.TIME) {
      silent.add("split: by " + description.split().column() + ", which is not a time");
      return;
    }
    long newest = Long.MIN_VALUE;
    long oldest = Long.MAX_VALUE;
    for (int i = 0; i < rows.size(); i++) {
      long moment = (Long) time.get().truth().get(rows.get(i));
      newest = i < prepared.trainRows() ? Math.max(newest, moment) : newest;
      oldest = i < prepared.trainRows() ? oldest : Math.min(oldest, moment);
    }
    if (newest >= oldest) {
      silent.add(String.format("split: by '%s' (%s) leaks", time.get().name(), time.get().form()));
    }
  }
}
