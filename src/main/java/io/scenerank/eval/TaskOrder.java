package io.scenerank.eval;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.feature.Targets.TaskType;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Another order of a model's scores that fits the labels clearly better. A trainer that pairs
 * outputs with labels by position leaves such a model behind: each head is good, of another task.
 *
 * @param tasks names of the labels
 * @param source which scores fit a task best, by task
 * @param now AUC of a task's own scores, by task
 * @param then AUC of the scores that fit best, by task
 */
record TaskOrder(
    ImmutableList<String> tasks,
    ImmutableList<Integer> source,
    ImmutableList<Double> now,
    ImmutableList<Double> then) {
  private static final int MOST_TASKS = 10;

  /**
   * Looks for another order. It is better only if it is so on every task that it moves, see {@link
   * HeadFit#clearlyBetter}.
   *
   * @param scores [T][n] probabilities, in the order of the data's tasks and rows
   */
  static Optional<TaskOrder> better(EvaluationData data, float[][] scores) {
    int count = scores.length;
    if (count < 2 || count > MOST_TASKS) {
      return Optional.empty();
    }
    double[][] gains = new double[count][];
    for (int task = 0; task < count; task++) {
      gains[task] = gains(data, scores, task);
    }
    Search search = new Search(gains);
    return search.best().map(source -> of(data, scores, source));
  }

  /** By how much each head's scores fit a task better than its own; 0 unless both are binary. */
  private static double[] gains(EvaluationData data, float[][] scores, int task) {
    double[] gains = new double[scores.length];
    if (isBinary(data, task)) {
      TaskRows own = data.rows(task, scores[task]).labelled();
      HeadFit fit = HeadFit.of(own.scores(), own.labels());
      for (int other = 0; other < scores.length; other++) {
        if (other != task && isBinary(data, other)) {
          gains[other] = fit.gain(data.rows(task, scores[other]).labelled().scores());
        }
      }
    }
    return gains;
  }

  private static boolean isBinary(EvaluationData data, int task) {
    return data.tasks().get(task).type() == TaskType.BINARY;
  }

  private static double auc(EvaluationData data, float[] scores, int task) {
    TaskRows rows = data.rows(task, scores).labelled();
    return isBinary(data, task)
        ? Auc.of(rows.scores(), rows.labels()).orElse(Double.NaN)
        : Double.NaN;
  }

  private static TaskOrder of(EvaluationData data, float[][] scores, int[] source) {
    ImmutableList.Builder<Double> now = ImmutableList.builder();
    ImmutableList.Builder<Double> then = ImmutableList.builder();
    for (int task = 0; task < source.length; task++) {
      now.add(auc(data, scores[task], task));
      then.add(auc(data, scores[source[task]], task));
    }
    return new TaskOrder(
        data.tasks().stream().map(TaskLabels::task).collect(ImmutableList.toImmutableList()),
        Arrays.stream(source).boxed().collect(ImmutableList.toImmutableList()),
        now.build(),
        then.build());
  }

  /**
   * One line that says what fits better and how to try it.
   *
   * @param outputs the output that now scores a task, by task
   */
  String text(ImmutableMap<String, String> outputs) {
    Map<String, String> moved = new LinkedHashMap<>();
    StringBuilder metrics = new StringBuilder();
    for (int task = 0; task < tasks.size(); task++) {
      if (source.get(task) != task) {
        String output = outputs.get(tasks.get(source.get(task)));
        moved.put(tasks.get(task), output);
        metrics.append(
            String.format(
                Locale.ROOT,
                "%s%s by output '%s' (AUC %.4f, now %.4f)",
                metrics.isEmpty() ? "" : ", ",
                tasks.get(task),
                output,
                then.get(task),
                now.get(task)));
      }
    }
    return "the outputs fit the labels clearly better in another order: "
        + metrics
        + "; was the model trained with the labels in another order than its tasks? To evaluate it"
        + " with that order, give the outputs (--map) "
        + moved.entrySet().stream()
            .map(entry -> entry.getKey() + "=" + entry.getValue())
            .collect(Collectors.joining(","));
  }

  /** The permutation of the largest gain among those whose every move is one. */
  private static final class Search {
    private final double[][] gains;
    private final int[] source;
    private final boolean[] taken;
    private double bestGain;
    private int @Nullable [] best;

    Search(double[][] gains) {
      this.gains = gains;
      this.source = new int[gains.length];
      this.taken = new boolean[gains.length];
    }

    Optional<int[]> best() {
      place(0, 0);
      return Optional.ofNullable(best);
    }

    private void place(int task, double gain) {
      if (task == gains.length) {
        if (gain > bestGain) {
          bestGain = gain;
          best = source.clone();
        }
        return;
      }
      for (int other = 0; other < gains.length; other++) {
        if (!taken[other] && (other == task || gains[task][other] > 0)) {
          taken[other] = true;
          source[task] = other;
          place(task + 1, gain + gains[task][other]);
          taken[other] = false;
        }
      }
    }
  }
}
