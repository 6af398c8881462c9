package io.scenerank.eval;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.collect.ImmutableList;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.PackedRows;
import io.scenerank.data.RowSequence;
import io.scenerank.data.RowSource;
import io.scenerank.data.RowSource.RowCursor;
import io.scenerank.eval.EvaluationReport.Grouping;
import io.scenerank.feature.PackedLayout;
import io.scenerank.feature.Schema;
import io.scenerank.feature.Targets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** What scores are measured against: labels, users, scenarios and perhaps true probabilities. */
final class EvaluationData {
  /** The group of a row that is in none. */
  static final int NO_GROUP = -1;

  private final ImmutableList<TaskLabels> tasks;
  private final int[] users;
  private final int[] scenarios;
  private final IntFunction<String> scenarioNames;
  private final Optional<float[][]> probabilities;
  private final Optional<Lists> lists;

  /**
   * The lists of the ranking metrics.
   *
   * @param groups [n], each row's list, or {@link #NO_GROUP}
   */
  record Lists(Grouping by, int[] groups) {
    long rowsWithout() {
      return Arrays.stream(groups).filter(group -> group == NO_GROUP).count();
    }
  }

  private EvaluationData(
      List<TaskLabels> tasks,
      int[] users,
      int[] scenarios,
      IntFunction<String> scenarioNames,
      Optional<float[][]> probabilities,
      Optional<Lists> lists) {
    checkArgument(!tasks.isEmpty(), "no tasks");
    this.tasks = ImmutableList.copyOf(tasks);
    this.users = users;
    this.scenarios = scenarios;
    this.scenarioNames = scenarioNames;
    this.probabilities = probabilities;
    this.lists = lists;
    tasks.forEach(task -> checkLength("labels", task.labels().length));
    checkLength("scenarios", scenarios.length);
    probabilities.ifPresent(
        values -> {
          checkArgument(values.length == tasks.size(), "probabilities of %s tasks", values.length);
          Arrays.stream(values).forEach(task -> checkLength("probabilities", task.length));
        });
    lists.ifPresent(of -> checkLength("groups", of.groups().length));
  }

  private void checkLength(String what, int length) {
    checkArgument(length == users.length, "%s of %s rows, %s users", what, length, users.length);
  }

  /**
   * Data without true probabilities and lists. The arrays are not copied.
   *
   * @param users [n]
   * @param scenarios [n]
   * @param scenarioNames the name of a scenario by its id
   */
  static EvaluationData of(
      List<TaskLabels> tasks, int[] users, int[] scenarios, IntFunction<String> scenarioNames) {
    return new EvaluationData(
        tasks, users, scenarios, scenarioNames, Optional.empty(), Optional.empty());
  }

  /**
   * The same of tasks of clicks without weights.
   *
   * @param labels [T][n], 0 or 1, NaN where a row has none
   */
  static EvaluationData of(
      List<String> tasks,
      float[][] labels,
      int[] users,
      int[] scenarios,
      IntFunction<String> scenarioNames) {
    checkArgument(labels.length == tasks.size(), "labels of %s tasks", labels.length);
    return of(
        IntStream.range(0, labels.length)
            .mapToObj(t -> TaskLabels.binary(tasks.get(t), labels[t]))
            .toList(),
        users,
        scenarios,
        scenarioNames);
  }

  /** The same data with the probabilities [T][n] that the labels were drawn from. */
  EvaluationData withProbabilities(float[][] values) {
    return new EvaluationData(tasks, users, scenarios, scenarioNames, Optional.of(values), lists);
  }

  /** The same data as if the probabilities were not known. */
  EvaluationData withoutProbabilities() {
    return new EvaluationData(tasks, users, scenarios, scenarioNames, Optional.empty(), lists);
  }

  /** The same data with lists, which ranking metrics are computed of. */
  EvaluationData withLists(Lists of) {
    return new EvaluationData(
        tasks, users, scenarios, scenarioNames, probabilities, Optional.of(of));
  }

  /**
   * The rows of a sequence, in its order; of rows that are streamed, only these values are kept.
   *
   * @throws InvalidInputException naming a task that has no label in the rows
   */
  static EvaluationData of(
      RowSource rows,
      RowSequence order,
      List<String> tasks,
      Schema.Scenario scenario,
      Optional<Grouping> grouping) {
    int[] positions = rows.format().taskPositions(tasks);
    Targets targets = rows.format().targets();
    int n = order.size();
    float[][] labels = new float[positions.length][n];
    float[][] weights = new float[positions.length][];
    for (int t = 0; t < positions.length; t++) {
      weights[t] = new float[targets.isWeighted(tasks.get(t)) ? n : 0];
    }
    float[][] truth = new float[positions.length][rows.hasProbabilities() ? n : 0];
    int[] users = new int[n];
    int[] scenarios = new int[n];
    int[] groups = new int[grouping.isPresent() ? n : 0];
    PackedLayout layout = rows.format().layout();
    int groupPosition = grouping.map(by -> layout.offset(layout.column(by.column()))).orElse(0);
    try (RowCursor cursor = rows.cursor(order, 0)) {
      for (int i = 0; cursor.next(); i++) {
        PackedRows some = cursor.rows();
        int row = cursor.row();
        users[i] = some.user(row);
        scenarios[i] = some.scenario(row);
        if (grouping.isPresent()) {
          groups[i] = grouping.get().group(some.id(row, groupPosition));
        }
        for (int t = 0; t < positions.length; t++) {
          labels[t][i] = some.label(row, positions[t]);
          if (weights[t].length > 0) {
            weights[t][i] = some.weight(row, positions[t]);
          }
          if (rows.hasProbabilities()) {
            truth[t][i] = some.probability(row, positions[t]);
          }
        }
      }
    }
    return new EvaluationData(
        IntStream.range(0, positions.length)
            .mapToObj(
                t ->
                    new TaskLabels(
                        tasks.get(t),
                        targets.typeOf(tasks.get(t)),
                        labels[t],
                        Optional.of(weights[t]).filter(x -> targets.isWeighted(tasks.get(t)))))
            .toList(),
        users,
        scenarios,
        scenario::nameOf,
        rows.hasProbabilities() ? Optional.of(truth) : Optional.empty(),
        grouping.map(by -> new Lists(by, groups)));
  }

  /** The labels of each task. */
  ImmutableList<TaskLabels> tasks() {
    return tasks;
  }

  /** Number of rows. */
  int rows() {
    return users.length;
  }

  Optional<float[][]> probabilities() {
    return probabilities;
  }

  Optional<Lists> lists() {
    return lists;
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

  /**
   * All rows of a task, those without a label among them.
   *
   * @param scores [n]
   */
  TaskRows rows(int task, float[] scores) {
    TaskLabels of = tasks.get(task);
    return new TaskRows(rows(), scores, of.labels(), users, of.weights(), lists.map(Lists::groups));
  }
}
