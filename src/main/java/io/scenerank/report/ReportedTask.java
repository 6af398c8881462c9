package io.scenerank.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.eval.Metrics;
import io.scenerank.feature.Targets.TaskType;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One task's metrics over some rows; null is a metric that does not exist, such as the AUC of rows
 * that all have the same label.
 *
 * @param baseRate mean label
 * @param optimalAuc what the true probabilities reach, where they are known
 * @param type null for a binary task
 * @param more other metrics by their names, in the order of columns; null where there are none
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
record ReportedTask(
    String task,
    int rows,
    @Nullable Double baseRate,
    @Nullable Double auc,
    @Nullable Double optimalAuc,
    @Nullable Double gauc,
    @Nullable Double optimalGauc,
    @Nullable Double logloss,
    @Nullable Double optimalLogloss,
    @Nullable TaskType type,
    @Nullable ImmutableMap<String, Double> more) {

  /** A binary task without more metrics. */
  ReportedTask(
      String task,
      int rows,
      @Nullable Double baseRate,
      @Nullable Double auc,
      @Nullable Double optimalAuc,
      @Nullable Double gauc,
      @Nullable Double optimalGauc,
      @Nullable Double logloss,
      @Nullable Double optimalLogloss) {
    this(
        task,
        rows,
        baseRate,
        auc,
        optimalAuc,
        gauc,
        optimalGauc,
        logloss,
        optimalLogloss,
        null,
        null);
  }

  boolean isBinary() {
    return type == null;
  }

  /** Names of the other metrics. */
  ImmutableList<String> moreNames() {
    return more == null ? ImmutableList.of() : more.keySet().asList();
  }

  /** One of the other metrics; null where the task does not have it. */
  @Nullable Double more(String name) {
    return more == null ? null : more.get(name);
  }

  static ImmutableList<ReportedTask> of(Metrics metrics, Optional<Metrics> optimal) {
    ImmutableList.Builder<ReportedTask> tasks = ImmutableList.builder();
    for (int i = 0; i < metrics.tasks().size(); i++) {
      int task = i;
      tasks.add(of(metrics.tasks().get(i), optimal.map(best -> best.tasks().get(task))));
    }
    return tasks.build();
  }

  private static ReportedTask of(Metrics.OfTask task, Optional<Metrics.OfTask> optimal) {
    return new ReportedTask(
        task.task(),
        task.rows(),
        value(task.baseRate()),
        value(task.auc()),
        value(optimal, Metrics.OfTask::auc),
        value(task.gauc().mean()),
        value(optimal, best -> best.gauc().mean()),
        value(task.logLoss()),
        value(optimal, Metrics.OfTask::logLoss),
        task.type() == TaskType.BINARY ? null : task.type(),
        task.furtherMetrics().isEmpty() ? null : task.furtherMetrics());
  }

  private static @Nullable Double value(
      Optional<Metrics.OfTask> metrics, Function<Metrics.OfTask, OptionalDouble> metric) {
    return metrics.isPresent() ? value(metric.apply(metrics.get())) : null;
  }

  private static @Nullable Double value(OptionalDouble value) {
    return value.isPresent() ? value.getAsDouble() : null;
  }
}
