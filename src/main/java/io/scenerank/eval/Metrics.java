package io.scenerank.eval;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.PublicApi;
import io.scenerank.config.InvalidInputException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Function;

/**
 * Every task's metrics over the same rows.
 *
 * @param tasks in the order of the model's outputs
 */
@PublicApi
public record Metrics(ImmutableList<OfTask> tasks) {

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
   * {@code gauc}, {@code val_user}. A metric that does not exist is empty; counts are whole.
   */
  public ImmutableMap<String, OptionalDouble> tableMetrics() {
    ImmutableMap.Builder<String, OptionalDouble> metrics = ImmutableMap.builder();
    put(metrics, "auc", OfTask::auc);
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
    put(metrics, "logloss", OfTask::logLoss);
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
      Function<OfTask, OptionalDouble> metric) {
    tasks.forEach(task -> metrics.put(name(prefix, task.task()), metric.apply(task)));
    if (tasks.size() > 1) {
      metrics.put(prefix + "_macro", macro(metric));
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
   * One task's metrics over some rows.
   *
   * @param rows number of rows
   * @param baseRate share of positive rows; empty if there is no row
   * @param auc empty if the rows have one label only
   * @param gauc AUC within users
   * @param logLoss empty if there is no row
   */
  @PublicApi
  public record OfTask(
      String task,
      int rows,
      OptionalDouble baseRate,
      OptionalDouble auc,
      Metrics.Gauc gauc,
      OptionalDouble logLoss) {

    /**
     * @param scores [n] probabilities
     * @param labels [n], 0 or 1
     * @param users [n]
     * @throws InvalidInputException naming the task and the row of a score that is not finite
     */
    static OfTask of(String task, float[] scores, float[] labels, int[] users) {
      for (int i = 0; i < scores.length; i++) {
        if (!Float.isFinite(scores[i])) {
          throw new InvalidInputException(
              String.format(
                  Locale.ROOT,
                  "scores: task '%s', row %d: found %s, expected a finite number",
                  task,
                  i,
                  scores[i]));
        }
      }
      return new OfTask(
          task,
          labels.length,
          mean(labels),
          Auc.of(scores, labels),
          Metrics.Gauc.of(scores, labels, users),
          LogLoss.of(scores, labels));
    }

    private static OptionalDouble mean(float[] labels) {
      double sum = 0;
      for (float label : labels) {
        sum += label;
      }
      return labels.length == 0 ? OptionalDouble.empty() : OptionalDouble.of(sum / labels.length);
    }
  }
}
