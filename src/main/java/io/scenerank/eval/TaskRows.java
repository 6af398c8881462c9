package io.scenerank.eval;

import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The rows of one task that have a label, with their scores.
 *
 * @param rows number of rows, those without a label among them
 * @param scores [n], finite
 * @param labels [n]
 * @param users [n]
 * @param weights [n], of a task with sample weights
 * @param groups [n], the lists of the ranking metrics where they are requested
 */
record TaskRows(
    int rows,
    float[] scores,
    float[] labels,
    int[] users,
    Optional<float[]> weights,
    Optional<int[]> groups) {

  /** The same rows without those that have no label. */
  TaskRows labelled() {
    int[] kept = IntStream.range(0, labels.length).filter(i -> !Float.isNaN(labels[i])).toArray();
    return kept.length == labels.length ? this : pick(kept, rows);
  }

  /** Some of the rows. */
  TaskRows pick(int[] numbers) {
    return pick(numbers, numbers.length);
  }

  private TaskRows pick(int[] numbers, int all) {
    return new TaskRows(
        all,
        pick(scores, numbers),
        pick(labels, numbers),
        pick(users, numbers),
        weights.map(values -> pick(values, numbers)),
        groups.map(values -> pick(values, numbers)));
  }

  static float[] pick(float[] values, int[] numbers) {
    float[] picked = new float[numbers.length];
    for (int i = 0; i < numbers.length; i++) {
      picked[i] = values[numbers[i]];
    }
    return picked;
  }

  private static int[] pick(int[] values, int[] numbers) {
    int[] picked = new int[numbers.length];
    for (int i = 0; i < numbers.length; i++) {
      picked[i] = values[numbers[i]];
    }
    return picked;
  }
}
