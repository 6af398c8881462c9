package io.scenerank.report;

import com.google.common.collect.ImmutableList;
import io.scenerank.eval.Metrics;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Tables of metrics; a table that is wider than the page scrolls in its own box. */
final class Tables {
  private Tables() {}

  /** A column of metrics: its title and its cell for each task. */
  private record Column(String title, Function<ReportedTask, String> cell) {}

  /** A box in which a wide table scrolls, also by the keyboard. */
  static Element scrolling(Element table) {
    return Element.of("div", "scroll").with("tabindex", "0").add(table);
  }

  /** A row for each task. */
  static Element tasks(List<ReportedTask> tasks) {
    List<Column> columns = columns(tasks);
    return scrolling(
        Element.of("table")
            .add(header(List.of("task"), columns))
            .add(
                Element.of("tbody")
                    .add(
                        tasks.stream()
                            .map(
                                task ->
                                    Element.of("tr")
                                        .add(Element.of("th").text(task.task()))
                                        .add(cells(task, columns)))
                            .toList())));
  }

  /** A row for each scenario and task. */
  static Element scenarios(List<ReportedScenario> scenarios) {
    List<Column> columns = columns(scenarios.stream().flatMap(s -> s.tasks().stream()).toList());
    List<Element> bodies = new ArrayList<>();
    for (ReportedScenario scenario : scenarios) {
      List<Element> rows = new ArrayList<>();
      for (ReportedTask task : scenario.tasks()) {
        Element row = Element.of("tr");
        if (rows.isEmpty()) {
          row =
              row.add(
                  Element.of("th")
                      .with("rowspan", Integer.toString(scenario.tasks().size()))
                      .text(scenario.scenario()));
        }
        rows.add(row.add(Element.of("td", "name").text(task.task())).add(cells(task, columns)));
      }
      bodies.add(Element.of("tbody").add(rows));
    }
    return scrolling(
        Element.of("table").add(header(List.of("scenario", "task"), columns)).add(bodies));
  }

  /** Names and values, one below the other. */
  static Element facts(List<ImmutableList<String>> facts) {
    return Element.of("dl", "facts")
        .add(
            facts.stream()
                .map(
                    fact ->
                        Element.of("div")
                            .add(Element.of("dt").text(fact.get(0)))
                            .add(Element.of("dd").text(fact.get(1))))
                .toList());
  }

  /** The columns; those of what is optimal where that is known. */
  private static List<Column> columns(List<ReportedTask> tasks) {
    List<Column> columns = new ArrayList<>();
    columns.add(new Column("rows", task -> Numbers.count(task.rows())));
    boolean clicks = tasks.stream().allMatch(ReportedTask::isBinary);
    columns.add(
        new Column(clicks ? "base rate" : "label mean", task -> Numbers.fixed(task.baseRate(), 4)));
    if (tasks.stream().anyMatch(ReportedTask::isBinary)) {
      addBinary(tasks, columns);
    }
    tasks.stream()
        .flatMap(task -> task.moreNames().stream())
        .distinct()
        .forEach(name -> columns.add(more(name)));
    return columns;
  }

  private static Column more(String name) {
    return new Column(
        name.replace('_', ' '),
        task -> {
          Double value = task.more(name);
          return value != null && Metrics.isCount(name)
              ? Numbers.count(value)
              : Numbers.fixed(value, 4);
        });
  }

  private static void addBinary(List<ReportedTask> tasks, List<Column> columns) {
    boolean optimal = tasks.stream().anyMatch(task -> task.optimalLogloss() != null);
    columns.add(new Column("AUC", task -> Numbers.fixed(task.auc(), 4)));
    if (optimal) {
      columns.add(new Column("optimal", task -> Numbers.fixed(task.optimalAuc(), 4)));
    }
    columns.add(new Column("GAUC", task -> Numbers.fixed(task.gauc(), 4)));
    if (optimal) {
      columns.add(new Column("optimal", task -> Numbers.fixed(task.optimalGauc(), 4)));
    }
    columns.add(new Column("log-loss", task -> Numbers.fixed(task.logloss(), 4)));
    if (optimal) {
      columns.add(new Column("optimal", task -> Numbers.fixed(task.optimalLogloss(), 4)));
    }
  }

  private static Element header(List<String> names, List<Column> columns) {
    return Element.of("thead")
        .add(
            Element.of("tr")
                .add(names.stream().map(name -> Element.of("th", "name").text(name)).toList())
                .add(columns.stream().map(column -> head(column.title())).toList()));
  }

  private static Element head(String title) {
    return title.equals("optimal")
        ? Element.of("th", "optimal").text(title)
        : Element.of("th").text(title);
  }

  private static List<Element> cells(ReportedTask task, List<Column> columns) {
    return columns.stream()
        .map(
            column ->
                (column.title().equals("optimal") ? Element.of("td", "optimal") : Element.of("td"))
                    .text(column.cell().apply(task)))
        .toList();
  }
}
