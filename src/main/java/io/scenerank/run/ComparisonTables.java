package io.scenerank.run;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Lists;
import io.scenerank.eval.EvaluationReport;
import io.scenerank.eval.EvaluationReport.ScenarioMetrics;
import io.scenerank.eval.Metrics;
import io.scenerank.eval.Metrics.OfTask;
import io.scenerank.eval.TextTable;
import io.scenerank.eval.TextTable.Cell;
import io.scenerank.feature.Targets.TaskType;
import io.scenerank.run.ComparedMetric.Direction;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;

/** The tables of a comparison. */
final class ComparisonTables {
  private static final String OPTIMAL = "optimal";

  private final Comparison comparison;
  private final ImmutableList<ModelRuns> compared;
  private final Optional<EvaluationReport> evaluation;

  ComparisonTables(Comparison comparison) {
    this.comparison = comparison;
    this.compared = comparison.compared();
    this.evaluation = comparison.anyEvaluation();
  }

  /**
   * A row for each model: the compared metrics, the number of parameters and, where a model failed,
   * the error. A last row {@code optimal} shows the metrics of the true probabilities, if they are
   * known.
   */
  TextTable summary() {
    List<List<Cell>> columns = new ArrayList<>();
    List<String> header = new ArrayList<>();
    Optional<Metrics> optimal = evaluation.flatMap(EvaluationReport::optimal);
    ImmutableList<ModelRuns> models = comparison.models();

    header.add("model");
    columns.add(column(models, ModelRuns::model));
    evaluation.ifPresent(
        report -> {
          for (ComparedMetric metric : ComparedMetric.of(report.overall())) {
            header.add(metric.title());
            columns.add(cells(metric.of(models), metric.better(), metric.text()));
          }
          header.add("parameters");
          columns.add(column(models, ComparisonTables::parameters));
        });
    if (!comparison.succeeded()) {
      header.add("error");
      columns.add(column(models, model -> model.error().orElse("")));
    }

    TextTable table = TextTable.withHeader(header);
    for (int row = 0; row < models.size(); row++) {
      int number = row;
      table = table.plusCells(Lists.transform(columns, column -> column.get(number)));
    }
    return optimal.isPresent() ? table.plus(optimal(header, optimal.get())) : table;
  }

  private static List<Cell> column(
      ImmutableList<ModelRuns> models, Function<ModelRuns, String> text) {
    return models.stream().map(model -> Cell.of(text.apply(model))).toList();
  }

  /** A cell a value; the best of them is marked. */
  private static List<Cell> cells(
      List<Optional<MeanAndDeviation>> values,
      Direction better,
      Function<MeanAndDeviation, String> text) {
    ImmutableSet<Integer> best = ComparedMetric.best(better, values);
    List<Cell> cells = new ArrayList<>();
    for (int i = 0; i < values.size(); i++) {
      cells.add(new Cell(values.get(i).map(text).orElse(TextTable.MISSING), best.contains(i)));
    }
    return cells;
  }

  private static String parameters(ModelRuns model) {
    return model.parameters().isPresent()
        ? String.format(Locale.ROOT, "%,d", model.parameters().getAsLong())
        : TextTable.MISSING;
  }

  private static List<String> optimal(List<String> header, Metrics optimal) {
    Map<String, OptionalDouble> metrics = optimal.byName();
    List<String> row = new ArrayList<>(List.of(OPTIMAL));
    for (String title : header.subList(1, header.size())) {
      row.add(metrics.containsKey(title) ? TextTable.metric(metrics.get(title)) : "");
    }
    return row;
  }

  /**
   * What {@link #perScenario} shows: {@code auc_macro}, or {@code auc} with one task; {@code
   * spearman_macro} and {@code rmse} where no task is binary.
   */
  String mainMetric() {
    ImmutableList<OfTask> tasks =
        evaluation.map(report -> report.overall().tasks()).orElse(ImmutableList.of());
    boolean numbers =
        !tasks.isEmpty() && tasks.stream().noneMatch(task -> task.type() == TaskType.BINARY);
    return tasks.size() == 1 ? metric(tasks.get(0)) : numbers ? "spearman_macro" : "auc_macro";
  }

  /** What {@link #perTask} shows. */
  String taskMetrics() {
    boolean clicks =
        evaluation.stream()
            .flatMap(report -> report.overall().tasks().stream())
            .allMatch(task -> task.type() == TaskType.BINARY);
    return clicks ? "auc" : "auc, of other tasks than binary ones rmse";
  }

  private static String metric(OfTask task) {
    return task.type() == TaskType.BINARY ? "auc" : "rmse";
  }

  /**
   * A row for each scenario and a column for each model: {@link #mainMetric}. Empty if no model has
   * metrics.
   */
  Optional<TextTable> perScenario() {
    return evaluation.map(
        report -> {
          TextTable table = TextTable.withHeader(header("scenario", "rows"));
          for (Map.Entry<String, ScenarioMetrics> scenario : report.scenarios().entrySet()) {
            Metrics metrics = scenario.getValue().metrics();
            List<Cell> row = new ArrayList<>();
            row.add(Cell.of(scenario.getKey()));
            row.add(Cell.of(Integer.toString(metrics.rows())));
            row.addAll(models(scenario.getKey(), mainMetric()));
            scenario
                .getValue()
                .optimal()
                .ifPresent(best -> row.add(Cell.of(metric(best, mainMetric()))));
            table = table.plusCells(row);
          }
          return table;
        });
  }

  /**
   * A row for each scenario and task, and a column for each model: {@link #taskMetrics}. Empty if
   * no model has metrics, or with one task, where {@link #perScenario} shows the same.
   */
  Optional<TextTable> perTask() {
    return evaluation
        .filter(report -> report.overall().tasks().size() > 1)
        .map(
            report -> {
              TextTable table = TextTable.withHeader(header("scenario", "task"));
              for (Map.Entry<String, ScenarioMetrics> scenario : report.scenarios().entrySet()) {
                for (int task = 0; task < report.overall().tasks().size(); task++) {
                  table = table.plusCells(taskRow(scenario.getKey(), scenario.getValue(), task));
                }
              }
              return table;
            });
  }

  private List<Cell> taskRow(String scenario, ScenarioMetrics metrics, int task) {
    OfTask measured = metrics.metrics().tasks().get(task);
    String name = metric(measured) + "_" + measured.task();
    List<Cell> row = new ArrayList<>(List.of(Cell.of(scenario), Cell.of(measured.task())));
    row.addAll(models(scenario, name));
    metrics.optimal().ifPresent(best -> row.add(Cell.of(metric(best, name))));
    return row;
  }

  private static String metric(Metrics metrics, String name) {
    return TextTable.metric(metrics.byName().getOrDefault(name, OptionalDouble.empty()));
  }

  private List<String> header(String... first) {
    List<String> header = new ArrayList<>(List.of(first));
    compared.forEach(model -> header.add(model.model()));
    evaluation.flatMap(EvaluationReport::optimal).ifPresent(optimal -> header.add(OPTIMAL));
    return header;
  }

  private List<Cell> models(String scenario, String metric) {
    return cells(
        compared.stream()
            .map(model -> Optional.ofNullable(model.metrics(scenario).get(metric)))
            .toList(),
        ComparedMetric.direction(metric),
        MeanAndDeviation::text);
  }
}
