package io.scenerank.eval;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.eval.EvaluationReport.Importances;
import io.scenerank.eval.EvaluationReport.Importances.Importance;
import io.scenerank.eval.EvaluationReport.Importances.TaskImportance;
import io.scenerank.feature.Targets.TaskType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Function;

/** Makes importances of the evaluations of permuted columns. */
final class ImportanceSums {
  private final EvaluationReport plain;
  private final Map<String, List<EvaluationReport>> permuted = new LinkedHashMap<>();

  /**
   * Begins without a column.
   *
   * @param plain the evaluation of the rows as they are
   */
  ImportanceSums(EvaluationReport plain) {
    this.plain = plain;
  }

  /** Adds an evaluation with a column permuted. */
  void add(String column, EvaluationReport report) {
    permuted.computeIfAbsent(column, name -> new ArrayList<>()).add(report);
  }

  /** The importances so far, the most important column first. */
  Importances importances(int repeats) {
    List<String> columns = new ArrayList<>(permuted.keySet());
    ImmutableList<TaskImportance> unordered = tasks(columns, EvaluationReport::overall);
    // Sorting is stable: equal columns stay in the order of the model.
    columns.sort(Comparator.comparingDouble(column -> -relative(column, unordered)));
    ImmutableMap.Builder<String, ImmutableList<TaskImportance>> scenarios = ImmutableMap.builder();
    for (String scenario : plain.scenarios().keySet()) {
      scenarios.put(
          scenario,
          tasks(columns, report -> requireNonNull(report.scenarios().get(scenario)).metrics()));
    }
    return new Importances(
        plain.overall().rows(),
        repeats,
        tasks(columns, EvaluationReport::overall),
        scenarios.buildOrThrow());
  }

  /** Mean over the tasks of a column's share in the largest importance of the task. */
  private static double relative(String column, List<TaskImportance> tasks) {
    double sum = 0;
    for (TaskImportance task : tasks) {
      double most =
          task.columns().values().stream()
              .mapToDouble(importance -> importance.mean().orElse(0))
              .max()
              .orElse(0);
      sum += most > 0 ? task.of(column).mean().orElse(0) / most : 0;
    }
    return sum;
  }

  private ImmutableList<TaskImportance> tasks(
      List<String> columns, Function<EvaluationReport, Metrics> rows) {
    ImmutableList.Builder<TaskImportance> tasks = ImmutableList.builder();
    List<Metrics.OfTask> before = rows.apply(plain).tasks();
    for (int i = 0; i < before.size(); i++) {
      int task = i;
      boolean isBinary = before.get(task).type() == TaskType.BINARY;
      OptionalDouble baseline = metric(before.get(task));
      ImmutableMap.Builder<String, Importance> importances = ImmutableMap.builder();
      for (String column : columns) {
        List<Double> worse = new ArrayList<>();
        for (EvaluationReport report : requireNonNull(permuted.get(column))) {
          OptionalDouble after = metric(rows.apply(report).tasks().get(task));
          if (baseline.isPresent() && after.isPresent()) {
            double rise = after.getAsDouble() - baseline.getAsDouble();
            worse.add(isBinary ? -rise : rise);
          }
        }
        importances.put(column, importance(worse));
      }
      tasks.add(
          new TaskImportance(
              before.get(task).task(),
              isBinary ? "auc" : "rmse",
              baseline,
              importances.buildOrThrow()));
    }
    return tasks.build();
  }

  private static OptionalDouble metric(Metrics.OfTask task) {
    return task.type() == TaskType.BINARY ? task.auc() : task.errors().rmse();
  }

  private static Importance importance(List<Double> worse) {
    int n = worse.size();
    double mean = worse.stream().mapToDouble(Double::doubleValue).sum() / n;
    double squares = worse.stream().mapToDouble(x -> (x - mean) * (x - mean)).sum();
    return new Importance(
        n == 0 ? OptionalDouble.empty() : OptionalDouble.of(mean),
        n < 2 ? OptionalDouble.empty() : OptionalDouble.of(Math.sqrt(squares / (n - 1))));
  }
}
