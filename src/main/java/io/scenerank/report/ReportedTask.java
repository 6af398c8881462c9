package io.scenerank.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.google.common.collect.ImmutableList;
import io.scenerank.eval.Metrics;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One task's metrics over some rows; null is a metric that does not exist, such as the AUC of rows
 * that all have the same label.
 *
 * @param optimalAuc what the true probabilities reach, where they are known
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
    @Nullable Double optimalLogloss) {

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
        value(optimal, Metrics.OfTask::logLoss));
  }

  private static @Nullable Double value(
      Optional<Metrics.OfTask> metrics, Function<Metrics.OfTask, OptionalDouble> metric) {
    return metrics.isPresent() ? value(metric.apply(metrics.get())) : null;
  }

  private static @Nullable Double value(OptionalDouble value) {
    return value.isPresent() ? value.getAsDouble() : null;
  }
}
