package io.scenerank.eval;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.collect.ImmutableList;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.PackedRows;
import io.scenerank.data.RowSequence;
import io.scenerank.data.RowSource;
import io.scenerank.data.RowSource.RowCursor;
import io.scenerank.feature.Schema;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** What scores are measured against: labels, users, scenarios and perhaps true probabilities. */
final class EvaluationData {
  private final ImmutableList<String> tasks;
  private final float[][] labels;
  private final int[] users;
  private final int[] scenarios;
  private final IntFunction<String> scenarioNames;
  private final Optional<float[][]> probabilities;

  private EvaluationData(
      List<String> tasks,
      float[][] labels,
      int[] users,
      int[] scenarios,
      IntFunction<String> scenarioNames,
      Optional<float[][]> probabilities) {
    checkArgument(!tasks.isEmpty(), "no tasks");
    this.tasks = ImmutableList.copyOf(tasks);
    this.labels = labels;
    this.users = users;
    this.scenarios = scenarios;
    this.scenarioNames = scenarioNames;
    this.probabilities = probabilities;
    checkShape("labels", labels);
    probabilities.ifPresent(values -> checkShape("probabilities", values));
    checkArgument(
        users.length == scenarios.length, "%s users, %s scenarios", users.length, scenarios.length);
  }

  /**
   * Data without true probabilities. The arrays are not copied.
   *
   * @param labels [T][n], 0 or 1
   * @param users [n]
   * @param scenarios [n]
   * @param scenarioNames the name of a scenario by its id
   */
  static EvaluationData of(
      List<String> tasks,
      float[][] labels,
      int[] users,
      int[] scenarios,
      IntFunction<String> scenarioNames) {
    return new EvaluationData(tasks, labels, users, scenarios, scenarioNames, Optional.empty());
  }

  /** The same data with the probabilities [T][n] that the labels were drawn from. */
  EvaluationData withProbabilities(float[][] values) {
    return new EvaluationData(tasks, labels, users, scenarios, scenarioNames, Optional.of(values));
  }

  /** Every row, and the probabilities where the rows carry them. */
  static EvaluationData of(RowSource rows, List<String> tasks, Schema.Scenario scenario) {
    return of(rows, RowSequence.inOrder(rows.size()), tasks, scenario);
  }

  /**
   * The rows of a sequence, in its order; of rows that are streamed, only these values are kept.
   *
   * @throws InvalidInputException naming a task that has no label in the rows
   */
  static EvaluationData of(
      RowSource rows, RowSequence order, List<String> tasks, Schema.Scenario scenario) {
    int[] positions = rows.format().taskPositions(tasks);
    int n = order.size();
    float[][] labels = new float[positions.length][n];
    float[][] truth = new float[positions.length][rows.hasProbabilities() ? n : 0];
    int[] users = new int[n];
    int[] scenarios = new int[n];
    try (RowCursor cursor = rows.cursor(order, 0)) {
      for (int i = 0; cursor.next(); i++) {
        PackedRows some = cursor.rows();
        int row = cursor.row();
        users[i] = some.user(row);
        scenarios[i] = some.scenario(row);
        for (int t = 0; t < positions.length; t++) {
          labels[t][i] = some.label(row, positions[t]);
          if (rows.hasProbabilities()) {
            truth[t][i] = some.probability(row, positions[t]);
          }
        }
      }
    }
    return new EvaluationData(
        tasks,
        labels,
        users,
        scenarios,
        scenario::nameOf,
        rows.hasProbabilities() ? Optional.of(truth) : Optional.empty());
  }

  private void checkShape(String what, float[][] values) {
    checkArgument(values.length == tasks.size(), "%s of %s tasks", what, values.length);
    for (float[] task : values) {
      checkArgument(
          task.length == users.length, "%s of %s rows, %s users", what, task.length, users.length);
    }
  }

  ImmutableList<String> tasks() {
    return tasks;
  }

  /** Number of rows. */
  int rows() {
    return users.length;
  }

  float[] labels(int task) {
    return labels[task];
  }

  int[] users() {
    return users;
  }

  Optional<float[][]> probabilities() {
    return probabilities;
  }

  /** The scenarios that occur, in ascending order of their ids. */
  int[] scenarioIds() {
    return Arrays.stream(scenarios).distinct().sorted().toArray();
  }

  String scenarioName(int id) {
    return scenarioNames.apply(id);
  }

  int[] rowsOf(int scenario) {
    return IntStream.range(0, scenarios.length).filter(row -> scenarios[row] == scenario).toArray();
  }
}
