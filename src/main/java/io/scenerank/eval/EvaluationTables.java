package io.scenerank.eval;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/** The tables of an evaluation. */
final class EvaluationTables {
  private EvaluationTables() {}

  /**
   * One row of AUC, GAUC and counted users. Where the true probabilities are known, a first column
   * names the rows and a second row {@code optimal} shows what they reach.
   */
  static TextTable summary(String model, EvaluationReport report) {
    Map<String, OptionalDouble> metrics = report.overall().tableMetrics();
    if (report.optimal().isEmpty()) {
      return TextTable.withHeader(ImmutableList.copyOf(metrics.keySet())).plus(cells(metrics));
    }
    List<String> header = new ArrayList<>(List.of("model"));
    header.addAll(metrics.keySet());
    return TextTable.withHeader(header)
        .plus(named(model, cells(metrics)))
        .plus(named("optimal", cells(report.optimal().get().tableMetrics())));
  }

  /**
   * A row for each scenario and task: rows, base rate, AUC, GAUC, both users' counts, weighted
   * GAUC, log-loss and, where known, the optimal AUC and log-loss.
   */
  static TextTable perScenario(EvaluationReport report) {
    boolean optimal = report.optimal().isPresent();
    List<String> header =
        new ArrayList<>(
            List.of(
                "scenario",
                "task",
                "rows",
                "base_rate",
                "auc",
                "gauc",
                "val_user",
                "gauc_weighted",
                "logloss"));
    if (optimal) {
      header.addAll(List.of("optimal_auc", "optimal_gauc", "optimal_logloss"));
    }
    TextTable table = TextTable.withHeader(header);
    for (Map.Entry<String, EvaluationReport.ScenarioMetrics> entry :
        report.scenarios().entrySet()) {
      List<Metrics.OfTask> tasks = entry.getValue().metrics().tasks();
      for (int i = 0; i < tasks.size(); i++) {
        List<String> row = scenarioCells(entry.getKey(), tasks.get(i));
        if (optimal) {
          Metrics.OfTask best = entry.getValue().optimal().orElseThrow().tasks().get(i);
          row.add(TextTable.metric(best.auc()));
          row.add(TextTable.metric(best.gauc().mean()));
          row.add(TextTable.metric(best.logLoss()));
        }
        table = table.plus(row);
      }
    }
    return table;
  }

  private static List<String> scenarioCells(String scenario, Metrics.OfTask task) {
    return new ArrayList<>(
        List.of(
            scenario,
            task.task(),
            Integer.toString(task.rows()),
            TextTable.metric(task.baseRate()),
            TextTable.metric(task.auc()),
            TextTable.metric(task.gauc().mean()),
            Integer.toString(task.gauc().countedUsers()),
            TextTable.metric(task.gauc().weighted()),
            TextTable.metric(task.logLoss())));
  }

  private static List<String> cells(Map<String, OptionalDouble> metrics) {
    return metrics.entrySet().stream()
        .map(
            metric ->
                Metrics.isCount(metric.getKey())
                    ? TextTable.count(metric.getValue())
                    : TextTable.metric(metric.getValue()))
        .toList();
  }

  private static List<String> named(String name, List<String> cells) {
    List<String> row = new ArrayList<>(List.of(name));
    row.addAll(cells);
    return row;
  }
}
