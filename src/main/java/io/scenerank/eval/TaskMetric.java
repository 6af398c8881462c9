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
  static ImmutableList<TaskMetric> table(List<OfTask> tasks) {
    ImmutableList.Builder<TaskMetric> metrics = ImmutableList.builder();
    metrics
        .add(binary("auc", OfTask::auc))
        .add(weighted("weighted_auc", Form.COMPARABLE, Weighted::auc, TaskType.BINARY))
        .add(binary("gauc", task -> task.gauc().mean()))
        .add(count("val_user", isBinary(), task -> task.gauc().countedUsers()))
        .add(errors("rmse", Form.OWN_UNIT, Errors::rmse))
        .add(numbers("weighted_rmse", Errors::rmse))
        .add(errors("mae", Form.OWN_UNIT, Errors::mae))
        .add(errors("spearman", Form.COMPARABLE, Errors::spearman))
        .add(deviance("poisson_deviance", task -> Optional.of(task.errors())));
    heads(tasks)
        .ifPresent(
            k ->
                metrics
                    .add(ranking("ndcg@" + k, Ranking::ndcg))
                    .add(ranking("mrr", Ranking::mrr))
                    .add(ranking("hit_rate@" + k, Ranking::hitRate))
                    .add(groups(VAL_GROUP, Ranking::countedGroups)));
    return metrics.build();
  }

  /** The metrics that the short table leaves out. */
  static ImmutableList<TaskMetric> others() {
    return ImmutableList.of(
        binary("gauc_weighted", task -> task.gauc().weighted()),
        binary("logloss", OfTask::logLoss),
        weighted("weighted_logloss", Form.COMPARABLE, Weighted::logLoss, TaskType.BINARY),
        new TaskMetric("base_rate", Form.OWN_UNIT, isBinary(), OfTask::baseRate),
        count("skipped_user", isBinary(), task -> task.gauc().skippedUsers()),
        errors("mse", Form.OWN_UNIT, Errors::mse),
        numbers("weighted_mae", Errors::mae),
        deviance("weighted_poisson_deviance", task -> task.weighted().map(Weighted::errors)),
        new TaskMetric("label_mean", Form.OWN_UNIT, isBinary().negate(), OfTask::baseRate),
        groups(SKIPPED_GROUP, Ranking::skippedGroups),
        count(
            LABELLED,
            task -> task.labelled().isPresent(),
            task -> task.labelled().orElse(task.rows())));
  }

  /** Metrics of binary tasks by their names. */
  static ImmutableList<TaskMetric> ofBinary(String... names) {
    return Stream.of(names)
        .map(
            name ->
                Stream.concat(table(ImmutableList.of()).stream(), others().stream())
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

  private static TaskMetric weighted(
      String name, Form form, Function<Weighted, OptionalDouble> value, TaskType type) {
    return new TaskMetric(
        name,
        form,
        task -> task.type() == type && task.weighted().isPresent(),
        task -> value.apply(task.weighted().orElseThrow()));
  }

  private static TaskMetric numbers(String name, Function<Errors, OptionalDouble> value) {
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
