package io.scenerank.eval;

import com.google.common.collect.ImmutableList;
import io.scenerank.eval.EvaluationReport.Importances;
import io.scenerank.eval.EvaluationReport.Importances.Importance;
import io.scenerank.eval.EvaluationReport.Importances.TaskImportance;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** The tables of importances. */
final class ImportanceTables {
  /** What a row of the table of scenarios names. */
  private static final int MOST = 3;

  private ImportanceTables() {}

  /** A row for each column, below one with the metrics of the rows as they are. */
  static TextTable overall(Importances importances) {
    List<String> header = new ArrayList<>(List.of("column"));
    List<String> before = new ArrayList<>(List.of("(rows as they are)"));
    for (TaskImportance task : importances.overall()) {
      header.add(task.metric() + "_" + task.task());
      before.add(TextTable.metric(task.baseline()));
    }
    TextTable table = TextTable.withHeader(header).plus(before);
    for (String column : importances.columns()) {
      List<String> row = new ArrayList<>(List.of(column));
      importances.overall().forEach(task -> row.add(change(task, column)));
      table = table.plus(row);
    }
    return table;
  }

  /** A row for each scenario and task: its metric, and the most important columns. */
  static TextTable perScenario(Importances importances) {
    TextTable table =
        TextTable.withHeader("scenario", "task", "metric", "value", "most important columns");
    for (Map.Entry<String, ImmutableList<TaskImportance>> scenario :
        importances.scenarios().entrySet()) {
      for (TaskImportance task : scenario.getValue()) {
        table =
            table.plus(
                scenario.getKey(),
                task.task(),
                task.metric(),
                TextTable.metric(task.baseline()),
                most(task));
      }
    }
    return table;
  }

  private static String most(TaskImportance task) {
    String columns =
        task.columns().entrySet().stream()
            .filter(column -> column.getValue().mean().orElse(0) > 0)
            .sorted(Comparator.comparingDouble(column -> -column.getValue().mean().orElse(0)))
            .limit(MOST)
            .map(column -> column.getKey() + " " + change(task, column.getKey()))
            .collect(Collectors.joining(", "));
    return columns.isEmpty() ? "none" : columns;
  }

  /** What a metric becomes: an AUC falls, an error rises. */
  private static String change(TaskImportance task, String column) {
    Importance importance = task.of(column);
    if (importance.mean().isEmpty()) {
      return TextTable.MISSING;
    }
    double mean = importance.mean().getAsDouble();
    String text = String.format(Locale.ROOT, "%+.4f", task.metric().equals("auc") ? -mean : mean);
    return importance.deviation().isPresent()
        ? text + String.format(Locale.ROOT, " ± %.4f", importance.deviation().getAsDouble())
        : text;
  }
}
