package io.scenerank.eval;

import com.google.common.collect.ImmutableList;
import io.scenerank.eval.Metrics.Errors;
import io.scenerank.eval.Metrics.OfTask;
import io.scenerank.eval.Metrics.Ranking;
import io.scenerank.eval.Metrics.Weighted;
import io.scenerank.feature.Targets.TaskType;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * A metric of tasks, as JSON and tables name it.
 *
 * @param name without the task's
 * @param form what of it makes sense
 * @param isOf whether a task has the metric; the value may be empty anyway
 * @param value of a task that has it
 */
record TaskMetric(
    String name, Form form, Predicate<OfTask> isOf, Function<OfTask, OptionalDouble> value) {
  static final String LABELLED = "labelled";
  static final String VAL_GROUP = "val_group";
  static final String SKIPPED_GROUP = "skipped_group";

  /** What of a metric makes sense. */
  enum Form {
    /** A number without a unit: its mean over tasks is one too. */
    COMPARABLE,
    /** A number in the unit of the task's labels. */
    OWN_UNIT,
    /** A number of rows, users or groups. */
    COUNT
  }

  /** The metrics of the short table, in its order. */
  static ImmutableList<TaskMetric> table() {
    return ImmutableList.of(
        binary("auc", OfTask::auc),
        binary("gauc", task -> task.gauc().mean()),
        count("val_user", isBinary(), task -> task.gauc().countedUsers()),
        errors("rmse", Form.OWN_UNIT, Errors::rmse),
        errors("spearman", Form.COMPARABLE, Errors::spearman));
  }

  /** The metrics that the short table leaves out; ranking metrics have the k of the tasks. */
  static ImmutableList<TaskMetric> others(List<OfTask> tasks) {
    ImmutableList.Builder<TaskMetric> metrics = ImmutableList.builder();
    metrics
        .add(binary("gauc_weighted", task -> task.gauc().weighted()))
        .add(binary("logloss", OfTask::logLoss))
        .add(new TaskMetric("base_rate", Form.OWN_UNIT, isBinary(), OfTask::baseRate))
        .add(count("skipped_user", isBinary(), task -> task.gauc().skippedUsers()))
        .add(weighted("weighted_auc", Weighted::auc))
        .add(weighted("weighted_logloss", Weighted::logLoss))
        .add(errors("mse", Form.OWN_UNIT, Errors::mse))
        .add(errors("mae", Form.OWN_UNIT, Errors::mae))
        .add(deviance("poisson_deviance", task -> Optional.of(task.errors())))
        .add(weightedErrors("weighted_rmse", Errors::rmse))
        .add(weightedErrors("weighted_mae", Errors::mae))
        .add(deviance("weighted_poisson_deviance", task -> task.weighted().map(Weighted::errors)))
        .add(new TaskMetric("label_mean", Form.OWN_UNIT, isBinary().negate(), OfTask::baseRate));
    heads(tasks)
        .ifPresent(
            k ->
                metrics
                    .add(ranking("ndcg@" + k, Ranking::ndcg))
                    .add(ranking("mrr", Ranking::mrr))
                    .add(ranking("hit_rate@" + k, Ranking::hitRate)));
    return metrics
        .add(groups(VAL_GROUP, Ranking::countedGroups))
        .add(groups(SKIPPED_GROUP, Ranking::skippedGroups))
        .add(
            count(
                LABELLED,
                task -> task.labelled().isPresent(),
                task -> task.labelled().orElse(task.rows())))
        .build();
  }

  /** {@link #table}, then {@link #others}. */
  static ImmutableList<TaskMetric> all(List<OfTask> tasks) {
    return ImmutableList.<TaskMetric>builder().addAll(table()).addAll(others(tasks)).build();
  }

  /** Metrics of binary tasks by their names. */
  static ImmutableList<TaskMetric> ofBinary(String... names) {
    return Stream.of(names)
        .map(
            name ->
                all(ImmutableList.of()).stream()
                    .filter(metric -> metric.name().equals(name))
                    .findFirst()
                    .orElseThrow())
        .collect(ImmutableList.toImmutableList());
  }

  private static Optional<Integer> heads(List<OfTask> tasks) {
    return tasks.stream().flatMap(task -> task.ranking().stream()).map(Ranking::k).findFirst();
  }

  private static Predicate<OfTask> isBinary() {
    return task -> task.type() == TaskType.BINARY;
  }

  private static TaskMetric binary(String name, Function<OfTask, OptionalDouble> value) {
    return new TaskMetric(name, Form.COMPARABLE, isBinary(), value);
  }

  private static TaskMetric count(
      String name, Predicate<OfTask> isOf, Function<OfTask, Integer> value) {
    return new TaskMetric(
        name, Form.COUNT, isOf, task -> OptionalDouble.of(value.apply(task).doubleValue()));
  }

  private static TaskMetric errors(String name, Form form, Function<Errors, OptionalDouble> value) {
    return new TaskMetric(name, form, isBinary().negate(), task -> value.apply(task.errors()));
  }

  private static TaskMetric weighted(String name, Function<Weighted, OptionalDouble> value) {
    return new TaskMetric(
        name,
        Form.COMPARABLE,
        task -> task.type() == TaskType.BINARY && task.weighted().isPresent(),
        task -> value.apply(task.weighted().orElseThrow()));
  }

  private static TaskMetric weightedErrors(String name, Function<Errors, OptionalDouble> value) {
    return new TaskMetric(
        name,
        Form.OWN_UNIT,
        task -> task.type() != TaskType.BINARY && task.weighted().isPresent(),
        task -> value.apply(task.weighted().orElseThrow().errors()));
  }

  private static TaskMetric deviance(String name, Function<OfTask, Optional<Errors>> errors) {
    return new TaskMetric(
        name,
        Form.OWN_UNIT,
        task -> task.type() == TaskType.COUNT && errors.apply(task).isPresent(),
        task -> errors.apply(task).orElseThrow().poissonDeviance());
  }

  private static TaskMetric ranking(String name, Function<Ranking, OptionalDouble> value) {
    return new TaskMetric(
        name,
        Form.COMPARABLE,
        task -> task.ranking().isPresent(),
        task -> value.apply(task.ranking().orElseThrow()));
  }

  private static TaskMetric groups(String name, Function<Ranking, Integer> value) {
    return count(
        name,
        task -> task.ranking().isPresent(),
        task -> value.apply(task.ranking().orElseThrow()));
  }

  /** Its value of a task; empty where the task has not got the metric, or no value of it. */
  OptionalDouble of(OfTask task) {
    return isOf.test(task) ? value.apply(task) : OptionalDouble.empty();
  }

  /** Whether some of the tasks have the metric. */
  boolean isOfAny(List<OfTask> tasks) {
    return tasks.stream().anyMatch(isOf);
  }
}
