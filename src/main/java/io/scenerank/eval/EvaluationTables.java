package io.scenerank.eval;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.scenerank.eval.EvaluationReport.ScenarioMetrics;
import io.scenerank.feature.Targets.TaskType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** The tables of an evaluation. */
final class EvaluationTables {
  /** What a cell says of a metric that tasks of the type do not have. */
  private static final String OTHER_TYPE = "-";

  /** The columns that come first in the table of scenarios; others are in the usual order. */
  private static final ImmutableList<String> FIRST =
      ImmutableList.of(
          TaskMetric.LABELLED,
          "base_rate",
          "label_mean",
          "auc",
          "weighted_auc",
          "gauc",
          "val_user",
          "gauc_weighted",
          "logloss",
          "weighted_logloss",
          "rmse",
          "weighted_rmse",
          "mae",
          "weighted_mae",
          "poisson_deviance",
          "weighted_poisson_deviance");

  /** What a wide table can do without. */
  private static final ImmutableSet<String> LEFT_OUT =
      ImmutableSet.of("skipped_user", "mse", TaskMetric.SKIPPED_GROUP);

  private static final ImmutableList<TaskMetric> OPTIMAL =
      TaskMetric.ofBinary("auc", "gauc", "logloss");

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
   * A row for each task, where some have other metrics than plain clicks; {@link #summary} shows
   * the most important ones.
   */
  static Optional<TextTable> perTask(EvaluationReport report) {
    if (report.overall().tasks().stream().allMatch(EvaluationTables::isPlain)) {
      return Optional.empty();
    }
    Columns columns = Columns.of(report);
    return Optional.of(
        columns.add(
            TextTable.withHeader(columns.header("task")), report.overall(), report.optimal()));
  }

  private static boolean isPlain(Metrics.OfTask task) {
    return task.furtherMetrics().isEmpty() && isBinary(task);
  }

  /**
   * A row for each scenario and task: rows, labelled rows where some are missing, base rate, AUC,
   * GAUC, counted users, weighted GAUC, log-loss and, where known, the optimal AUC and log-loss; of
   * tasks that are not binary the errors, and the other metrics that a task has.
   */
  static TextTable perScenario(EvaluationReport report) {
    Columns columns = Columns.of(report);
    TextTable table = TextTable.withHeader(columns.header("scenario", "task"));
    for (Map.Entry<String, ScenarioMetrics> entry : report.scenarios().entrySet()) {
      table =
          columns.add(
              table, entry.getValue().metrics(), entry.getValue().optimal(), entry.getKey());
    }
    return table;
  }

  /**
   * The columns behind the names.
   *
   * @param metrics those that a task of the evaluation has
   * @param optimal what the true probabilities reach, where they are known
   */
  private record Columns(List<TaskMetric> metrics, List<TaskMetric> optimal) {
    static Columns of(EvaluationReport report) {
      List<Metrics.OfTask> tasks = report.overall().tasks();
      boolean isKnown =
          report.optimal().isPresent() && tasks.stream().anyMatch(EvaluationTables::isBinary);
      return new Columns(
          TaskMetric.all(tasks).stream()
              .filter(metric -> !LEFT_OUT.contains(metric.name()) && metric.isOfAny(tasks))
              .sorted(Comparator.comparingInt(EvaluationTables::place))
              .toList(),
          isKnown ? OPTIMAL : ImmutableList.of());
    }

    List<String> header(String... names) {
      List<String> header = new ArrayList<>(List.of(names));
      header.add("rows");
      metrics.forEach(column -> header.add(column.name()));
      optimal.forEach(column -> header.add("optimal_" + column.name()));
      return header;
    }

    /** The table with a row for each task. */
    TextTable add(TextTable table, Metrics measured, Optional<Metrics> best, String... names) {
      TextTable added = table;
      for (int i = 0; i < measured.tasks().size(); i++) {
        Metrics.OfTask task = measured.tasks().get(i);
        List<String> row = new ArrayList<>(List.of(names));
        row.add(task.task());
        row.add(Integer.toString(task.rows()));
        metrics.forEach(column -> row.add(cell(column, task)));
        for (TaskMetric column : optimal) {
          row.add(cell(column, best.orElseThrow().tasks().get(i)));
        }
        added = added.plus(row);
      }
      return added;
    }
  }

  private static boolean isBinary(Metrics.OfTask task) {
    return task.type() == TaskType.BINARY;
  }

  private static int place(TaskMetric metric) {
    int place = FIRST.indexOf(metric.name());
    return place < 0 ? FIRST.size() : place;
  }

  private static String cell(TaskMetric metric, Metrics.OfTask task) {
    return !metric.isOf().test(task)
        ? OTHER_TYPE
        : metric.form() == TaskMetric.Form.COUNT
            ? TextTable.count(metric.of(task))
            : TextTable.metric(metric.of(task));
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
