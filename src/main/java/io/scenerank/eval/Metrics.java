package io.scenerank.eval;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.scenerank.PublicApi;
import io.scenerank.feature.Targets.TaskType;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.Function;

/**
 * Every task's metrics over the same rows.
 *
 * @param tasks in the order of the model's outputs
 */
@PublicApi
public record Metrics(ImmutableList<OfTask> tasks) {
  private static final ImmutableList<String> COUNTS =
      ImmutableList.of(
          "val_user",
          "skipped_user",
          TaskMetric.VAL_GROUP,
          TaskMetric.SKIPPED_GROUP,
          TaskMetric.LABELLED);

  /** Mean AUC over the tasks that have one; empty if none has. */
  public OptionalDouble aucMacro() {
    return macro(OfTask::auc);
  }

  /** Mean GAUC over the tasks that have one; empty if none has. */
  public OptionalDouble gaucMacro() {
    return macro(task -> task.gauc().mean());
  }

  private OptionalDouble macro(Function<OfTask, OptionalDouble> metric) {
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
   * {@code gauc}, {@code val_user}. Tasks that are not binary have {@code rmse} and {@code
   * spearman} instead. A metric that does not exist is empty; counts are whole.
   */
  public ImmutableMap<String, OptionalDouble> tableMetrics() {
    ImmutableMap.Builder<String, OptionalDouble> metrics = ImmutableMap.builder();
    TaskMetric.table().forEach(metric -> put(metrics, metric));
    return metrics.buildOrThrow();
  }

  /**
   * {@link #tableMetrics}, then {@code gauc_weighted_<task>}…, {@code gauc_weighted_macro}, {@code
   * logloss_<task>}…, {@code logloss_macro}, {@code base_rate_<task>}…, {@code
   * skipped_user_<task>}…, those of weighted tasks and of numbers, the ranking metrics where they
   * are requested, {@code labelled_<task>}… where rows lack labels, and {@code rows}. A metric that
   * does not exist is empty.
   */
  public ImmutableMap<String, OptionalDouble> byName() {
    ImmutableMap.Builder<String, OptionalDouble> metrics = ImmutableMap.builder();
    metrics.putAll(tableMetrics());
    TaskMetric.others(tasks).forEach(metric -> put(metrics, metric));
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
    return name.equals("rows") || COUNTS.stream().anyMatch(name::startsWith);
  }

  private void put(ImmutableMap.Builder<String, OptionalDouble> metrics, TaskMetric metric) {
    tasks.stream()
        .filter(metric.isOf())
        .forEach(task -> metrics.put(name(metric.name(), task.task()), metric.of(task)));
    if (tasks.size() > 1 && metric.form() == TaskMetric.Form.COMPARABLE && metric.isOfAny(tasks)) {
      metrics.put(metric.name() + "_macro", macro(metric::of));
    }
  }

  private String name(String prefix, String task) {
    return tasks.size() == 1 ? prefix : prefix + "_" + task;
  }

  /**
   * AUC within users.
   *
   * @param mean plain mean over the counted users; empty if there is none
   * @param weighted mean weighted by each counted user's rows; empty if there is none
   * @param countedUsers users that have both labels
   * @param skippedUsers users that have one label only
   */
  public record Gauc(
      OptionalDouble mean, OptionalDouble weighted, int countedUsers, int skippedUsers) {
    /** Of a task that is not binary. */
    static final Gauc NONE = new Gauc(OptionalDouble.empty(), OptionalDouble.empty(), 0, 0);

    /**
     * Computes the AUC of each user and its means.
     *
     * @param scores [n], finite
     * @param labels [n], 0 or 1
     * @param users [n], each row's user
     * @throws io.scenerank.config.InvalidInputException if a score is not finite
     */
    public static Gauc of(float[] scores, float[] labels, int[] users) {
      checkArgument(
          scores.length == labels.length && scores.length == users.length,
          "%s scores, %s labels, %s users",
          scores.length,
          labels.length,
          users.length);
      long[] byUser = new long[users.length];
      for (int i = 0; i < byUser.length; i++) {
        byUser[i] = ((long) users[i] << 32) | i;
      }
      Arrays.sort(byUser);
      long[] keys = new long[users.length];
      for (int i = 0; i < keys.length; i++) {
        keys[i] = Auc.key(scores, labels, (int) byUser[i]);
      }
      return ofGroups(byUser, keys);
    }

    private static Gauc ofGroups(long[] byUser, long[] keys) {
      double sum = 0;
      double weightedSum = 0;
      long rows = 0;
      int counted = 0;
      int skipped = 0;
      int start = 0;
      while (start < keys.length) {
        int end = start;
        while (end < keys.length && byUser[end] >> 32 == byUser[start] >> 32) {
          end++;
        }
        OptionalDouble auc = Auc.ofKeys(keys, start, end);
        if (auc.isPresent()) {
          sum += auc.getAsDouble();
          weightedSum += auc.getAsDouble() * (end - start);
          rows += end - start;
          counted++;
        } else {
          skipped++;
        }
        start = end;
      }
      return counted == 0
          ? new Gauc(OptionalDouble.empty(), OptionalDouble.empty(), 0, skipped)
          : new Gauc(
              OptionalDouble.of(sum / counted),
              OptionalDouble.of(weightedSum / rows),
              counted,
              skipped);
    }
  }

  /**
   * Errors of predicted numbers; empty without rows.
   *
   * @param mse mean squared error
   * @param mae mean absolute error
   * @param spearman correlation of the ranks of scores and labels, equal ones sharing their mean
   *     rank; empty where all scores or all labels are equal
   * @param poissonDeviance mean deviance of Poisson distributions with the scores as means, which
   *     count as at least 1e-7; empty for a task that does not count
   */
  public record Errors(
      OptionalDouble mse,
      OptionalDouble mae,
      OptionalDouble spearman,
      OptionalDouble poissonDeviance) {
    /** Of a binary task. */
    public static final Errors NONE =
        new Errors(
            OptionalDouble.empty(),
            OptionalDouble.empty(),
            OptionalDouble.empty(),
            OptionalDouble.empty());

    /** Root of the mean squared error. */
    public OptionalDouble rmse() {
      return mse.isPresent() ? OptionalDouble.of(Math.sqrt(mse.getAsDouble())) : mse;
    }
  }

  /**
   * Metrics of rows that count as much as their sample weights say.
   *
   * @param auc of a binary task; empty if the rows of a label weigh nothing
   * @param logLoss of a binary task
   * @param errors of another task; there is no weighted rank correlation
   */
  public record Weighted(OptionalDouble auc, OptionalDouble logLoss, Errors errors) {}

  /**
   * Means over the lists of rows that have a positive label, in the order of the scores. Of equal
   * scores every order is as probable, and a metric is its expected value.
   *
   * @param k length of the head of a list
   * @param ndcg NDCG@k, of which the gain is the label; empty where a label is negative
   * @param mrr mean reciprocal rank of the first positive row
   * @param hitRate share of the lists with a positive row among the first k
   * @param countedGroups lists that have a positive label
   * @param skippedGroups lists that have none
   */
  public record Ranking(
      int k,
      OptionalDouble ndcg,
      OptionalDouble mrr,
      OptionalDouble hitRate,
      int countedGroups,
      int skippedGroups) {}

  /**
   * One task's metrics over some rows; those without a label count for none of them.
   *
   * @param type what the task predicts
   * @param rows number of rows
   * @param labelled number of rows that have a label; empty where all rows of the data have one
   * @param baseRate mean label: of a binary task, the share of positive rows; empty if there is no
   *     row
   * @param auc empty if the rows have one label only, or the task is not binary
   * @param gauc AUC within users
   * @param logLoss empty if there is no row, or the task is not binary
   * @param errors of a task that is not binary
   * @param weighted of a task with sample weights
   * @param ranking where it is requested
   */
  @PublicApi
  public record OfTask(
      String task,
      TaskType type,
      int rows,
      OptionalInt labelled,
      OptionalDouble baseRate,
      OptionalDouble auc,
      Metrics.Gauc gauc,
      OptionalDouble logLoss,
      Metrics.Errors errors,
      Optional<Metrics.Weighted> weighted,
      Optional<Metrics.Ranking> ranking) {
    /** Names of the metrics that are components of their own, or not told apart from them. */
    private static final ImmutableSet<String> FIRST =
        ImmutableSet.of(
            "auc",
            "gauc",
            "val_user",
            "gauc_weighted",
            "logloss",
            "base_rate",
            "label_mean",
            "skipped_user");

    /**
     * The values that plain clicks do not have, by name and in the order of tables: errors of
     * numbers, weighted metrics, ranking metrics, and the number of labelled rows.
     */
    public ImmutableMap<String, Double> furtherMetrics() {
      ImmutableMap.Builder<String, Double> metrics = ImmutableMap.builder();
      TaskMetric.all(ImmutableList.of(this)).stream()
          .filter(metric -> !FIRST.contains(metric.name()))
          .forEach(metric -> metric.of(this).ifPresent(value -> metrics.put(metric.name(), value)));
      return metrics.buildOrThrow();
    }
  }
}
