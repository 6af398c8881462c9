package io.scenerank.eval;

import static com.google.common.base.Preconditions.checkArgument;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.RowSequence;
import io.scenerank.data.RowSource;
import io.scenerank.eval.EvaluationReport.ScenarioMetrics;
import io.scenerank.feature.Schema;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Measures scores against data, over all rows and a scenario at a time. */
public final class Evaluator {
  private final EvaluationData data;

  Evaluator(EvaluationData data) {
    this.data = data;
  }

  /**
   * Of all rows in their order.
   *
   * @param tasks the tasks that are evaluated, in the order of the scores
   * @throws InvalidInputException naming the task that has no labels
   */
  public static Evaluator of(RowSource rows, List<String> tasks, Schema.Scenario scenario) {
    return new Evaluator(EvaluationData.of(rows, tasks, scenario));
  }

  /**
   * Of some rows in an order of their own.
   *
   * @param tasks the tasks that are evaluated, in the order of the scores
   * @throws InvalidInputException naming the task that has no labels
   */
  public static Evaluator of(
      RowSource rows, RowSequence order, List<String> tasks, Schema.Scenario scenario) {
    return new Evaluator(EvaluationData.of(rows, order, tasks, scenario));
  }

  /**
   * Evaluates scores.
   *
   * @param scores [T][n] probabilities, in the order of the data's tasks and rows
   * @throws InvalidInputException naming the task and the row of a score that is not finite, or the
   *     scenarios that share a name
   */
  public EvaluationReport evaluate(float[][] scores) {
    checkArgument(
        scores.length == data.tasks().size(),
        "scores of %s tasks, expected %s",
        scores.length,
        data.tasks().size());
    checkNames();
    // All rows first: an error then names the row's number among all.
    Metrics overall = overall(scores);
    ImmutableMap.Builder<String, ScenarioMetrics> scenarios = ImmutableMap.builder();
    for (int id : data.scenarioIds()) {
      int[] rows = data.rowsOf(id);
      Optional<Metrics> optimal = data.probabilities().map(truth -> metrics(truth, rows));
      scenarios.put(data.scenarioName(id), new ScenarioMetrics(metrics(scores, rows), optimal));
    }
    return new EvaluationReport(
        overall, data.probabilities().map(this::overall), scenarios.buildOrThrow());
  }

  /**
   * How the scores of each task come true.
   *
   * @param scores [T][n] probabilities, in the order of the data's tasks and rows
   * @param parts parts that the rows are cut into
   */
  public ImmutableList<Calibration> calibrate(float[][] scores, int parts) {
    ImmutableList.Builder<Calibration> tasks = ImmutableList.builder();
    for (int task = 0; task < scores.length; task++) {
      tasks.add(Calibration.of(data.tasks().get(task), scores[task], data.labels(task), parts));
    }
    return tasks.build();
  }

  /**
   * Warns where another order of the scores fits the labels clearly better, as of a model that was
   * trained with its labels in another order than its tasks.
   *
   * @param scores [T][n] probabilities, in the order of the data's tasks and rows
   * @param outputs the model's output of each task
   * @return a line, or nothing
   */
  public Optional<String> orderWarning(float[][] scores, ImmutableMap<String, String> outputs) {
    return TaskOrder.better(data, scores).map(order -> order.text(outputs));
  }

  private void checkNames() {
    Map<String, Integer> ids = new HashMap<>();
    for (int id : data.scenarioIds()) {
      Integer other = ids.put(data.scenarioName(id), id);
      if (other != null) {
        throw new InvalidInputException(
            String.format(
                Locale.ROOT,
                "scenarios %d and %d are both named '%s', expected different names",
                other,
                id,
                data.scenarioName(id)));
      }
    }
  }

  private Metrics overall(float[][] scores) {
    ImmutableList.Builder<Metrics.OfTask> tasks = ImmutableList.builder();
    for (int t = 0; t < scores.length; t++) {
      tasks.add(Metrics.OfTask.of(data.tasks().get(t), scores[t], data.labels(t), data.users()));
    }
    return new Metrics(tasks.build());
  }

  private Metrics metrics(float[][] scores, int[] rows) {
    ImmutableList.Builder<Metrics.OfTask> tasks = ImmutableList.builder();
    int[] users = pick(data.users(), rows);
    for (int t = 0; t < scores.length; t++) {
      tasks.add(
          Metrics.OfTask.of(
              data.tasks().get(t), pick(scores[t], rows), pick(data.labels(t), rows), users));
    }
    return new Metrics(tasks.build());
  }

  private static float[] pick(float[] values, int[] rows) {
    float[] picked = new float[rows.length];
    for (int i = 0; i < rows.length; i++) {
      picked[i] = values[rows[i]];
    }
    return picked;
  }

  private static int[] pick(int[] values, int[] rows) {
    int[] picked = new int[rows.length];
    for (int i = 0; i < rows.length; i++) {
      picked[i] = values[rows[i]];
    }
    return picked;
  }

  /**
   * Whether a task's probabilities come true: its rows in the order of their scores, cut into parts
   * of about the same size. Equal scores stay together, so that there may be fewer parts.
   */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  public record Calibration(String task, ImmutableList<Bin> bins) {

    /**
     * Rows of neighbouring scores.
     *
     * @param rows number of rows, at least 1
     * @param predicted mean score
     * @param observed share of positive rows
     */
    public record Bin(int rows, double predicted, double observed) {}

    /**
     * Cuts rows into parts.
     *
     * @param scores [n], finite
     * @param labels [n], 0 or 1
     * @param parts how many, at most, at least 1
     * @throws io.scenerank.config.InvalidInputException if a score is not finite
     */
    public static Calibration of(String task, float[] scores, float[] labels, int parts) {
      checkArgument(
          scores.length == labels.length, "%s scores, %s labels", scores.length, labels.length);
      checkArgument(parts >= 1, "%s parts", parts);
      long[] keys = new long[scores.length];
      for (int row = 0; row < keys.length; row++) {
        keys[row] = Auc.key(scores, labels, row);
      }
      Arrays.sort(keys);
      ImmutableList.Builder<Bin> bins = ImmutableList.builder();
      int from = 0;
      for (int part = 1; part <= parts; part++) {
        int to = afterTies(keys, (int) ((long) keys.length * part / parts));
        if (to > from) {
          bins.add(bin(keys, from, to));
          from = to;
        }
      }
      return new Calibration(task, bins.build());
    }

    /** The first place from {@code to} on whose score is not that of the place before. */
    private static int afterTies(long[] keys, int to) {
      int end = to;
      while (end > 0 && end < keys.length && keys[end] >> 1 == keys[end - 1] >> 1) {
        end++;
      }
      return end;
    }

    private static Bin bin(long[] keys, int from, int to) {
      double predicted = 0;
      long positives = 0;
      for (int i = from; i < to; i++) {
        predicted += Auc.score(keys[i]);
        positives += keys[i] & 1;
      }
      int rows = to - from;
      return new Bin(rows, predicted / rows, (double) positives / rows);
    }

    /**
     * Expected calibration error: the mean distance of predicted and observed, weighted by rows; 0
     * without rows.
     */
    public double error() {
      long rows = bins.stream().mapToLong(Bin::rows).sum();
      double sum =
          bins.stream()
              .mapToDouble(bin -> bin.rows() * Math.abs(bin.predicted() - bin.observed()))
              .sum();
      return rows == 0 ? 0 : sum / rows;
    }
  }
}
