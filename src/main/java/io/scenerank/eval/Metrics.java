package io.scenerank.eval;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.PublicApi;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Function;

/**
 * Every task's metrics over the same rows.
 *
 * @param tasks in the order of the model's outputs
 */
@PublicApi
public record Metrics(ImmutableList<TaskMetrics> tasks) {

  /** Mean AUC over the tasks that have one; empty if none has. */
  public OptionalDouble aucMacro() {
    return macro(TaskMetrics::auc);
  }

  /** Mean GAUC over the tasks that have one; empty if none has. */
  public OptionalDouble gaucMacro() {
    return macro(task -> task.gauc().mean());
  }

  private OptionalDouble macro(Function<TaskMetrics, OptionalDouble> metric) {
    return tasks.stream()
        .map(metric)
        .filter(OptionalDouble::isPresent)
        .mapToDouble(OptionalDouble::getAsDouble)
        .average();
  }

  /** Number of rows. */
  public int rows() {
    return tasks.isEmpty() ? 0 : tasks.get(0).rows();
  }

  /**
   * The metrics of the table, by name and in its order: {@code auc_<task>}…, {@code auc_macro},
   * {@code gauc_<task>}…, {@code gauc_macro}, {@code val_user_<task>}…; with one task {@code auc},
   * {@code gauc}, {@code val_user}. A metric that does not exist is empty; counts are whole.
   */
  public ImmutableMap<String, OptionalDouble> tableMetrics() {
    ImmutableMap.Builder<String, OptionalDouble> metrics = ImmutableMap.builder();
    put(metrics, "auc", TaskMetrics::auc);
    put(metrics, "gauc", task -> task.gauc().mean());
    tasks.forEach(
        task ->
            metrics.put(
                name("val_user", task.task()), OptionalDouble.of(task.gauc().countedUsers())));
    return metrics.buildOrThrow();
  }

  /**
   * {@link #tableMetrics}, then {@code gauc_weighted_<task>}…, {@code gauc_weighted_macro}, {@code
   * logloss_<task>}…, {@code logloss_macro}, {@code base_rate_<task>}…, {@code
   * skipped_user_<task>}… and {@code rows}. A metric that does not exist is empty.
   */
  public ImmutableMap<String, OptionalDouble> byName() {
    ImmutableMap.Builder<String, OptionalDouble> metrics = ImmutableMap.builder();
    metrics.putAll(tableMetrics());
    put(metrics, "gauc_weighted", task -> task.gauc().weighted());
    put(metrics, "logloss", TaskMetrics::logLoss);
    tasks.forEach(task -> metrics.put(name("base_rate", task.task()), task.baseRate()));
    tasks.forEach(
        task ->
            metrics.put(
                name("skipped_user", task.task()), OptionalDouble.of(task.gauc().skippedUsers())));
    metrics.put("rows", OptionalDouble.of(rows()));
    return metrics.buildOrThrow();
  }

  /** {@link #byName} for JSON: counts as integers, others as doubles, missing ones left out. */
  public ImmutableMap<String, Number> toJson() {
    ImmutableMap.Builder<String, Number> json = ImmutableMap.builder();
    for (Map.Entry<String, OptionalDouble> metric : byName().entrySet()) {
      metric
          .getValue()
          .ifPresent(value -> json.put(metric.getKey(), number(metric.getKey(), value)));
    }
    return json.buildOrThrow();
  }

  // A conditional expression would turn the int into a double.
  private static Number number(String name, double value) {
    if (isCount(name)) {
      return (int) value;
    }
    return value;
  }

  /** Whether the metric of this name counts something. */
  public static boolean isCount(String name) {
    return name.equals("rows") || name.startsWith("val_user") || name.startsWith("skipped_user");
  }

  private void put(
      ImmutableMap.Builder<String, OptionalDouble> metrics,
      String prefix,
      Function<TaskMetrics, OptionalDouble> metric) {
    tasks.forEach(task -> metrics.put(name(prefix, task.task()), metric.apply(task)));
    if (tasks.size() > 1) {
      metrics.put(prefix + "_macro", macro(metric));
    }
  }

  private String name(String prefix, String task) {
    return tasks.size() == 1 ? prefix : prefix + "_" + task;
  }
}
