package io.scenerank.eval;

import static com.google.common.base.Preconditions.checkArgument;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.config.InvalidInputException;
import io.scenerank.config.SpellingHint;
import io.scenerank.data.PackedRows;
import io.scenerank.data.RowSequence;
import io.scenerank.data.RowSource;
import io.scenerank.eval.EvaluationData.Lists;
import io.scenerank.eval.EvaluationReport.Grouping;
import io.scenerank.eval.EvaluationReport.Importances;
import io.scenerank.eval.EvaluationReport.ScenarioMetrics;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.FeatureColumn.ColumnType;
import io.scenerank.feature.PackedLayout;
import io.scenerank.feature.Schema;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;

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
    return of(rows, tasks, scenario, Optional.empty());
  }

  /**
   * Of all rows in their order.
   *
   * @param tasks the tasks that are evaluated, in the order of the scores
   * @param grouping the lists of the ranking metrics, where they are requested
   * @throws InvalidInputException naming the task that has no labels
   */
  public static Evaluator of(
      RowSource rows, List<String> tasks, Schema.Scenario scenario, Optional<Grouping> grouping) {
    return new Evaluator(
        EvaluationData.of(rows, RowSequence.inOrder(rows.size()), tasks, scenario, grouping));
  }

  /**
   * Of some rows in an order of their own.
   *
   * @param tasks the tasks that are evaluated, in the order of the scores
   * @throws InvalidInputException naming the task that has no labels
   */
  public static Evaluator of(
      RowSource rows, RowSequence order, List<String> tasks, Schema.Scenario scenario) {
    return new Evaluator(EvaluationData.of(rows, order, tasks, scenario, Optional.empty()));
  }

  /**
   * Evaluates scores.
   *
   * @param scores [T][n] probabilities, of tasks that are not binary numbers, in the order of the
   *     data's tasks and rows
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
    for (int t = 0; t < scores.length; t++) {
      requireFinite(data.tasks().get(t).task(), scores[t]);
    }
    List<TaskEvaluation> tasks = tasks(scores);
    Optional<List<TaskEvaluation>> optimal = data.probabilities().map(this::tasks);
    ImmutableMap.Builder<String, ScenarioMetrics> scenarios = ImmutableMap.builder();
    for (int id : data.scenarioIds()) {
      int[] rows = data.rowsOf(id);
      scenarios.put(
          data.scenarioName(id),
          new ScenarioMetrics(metrics(tasks, rows), optimal.map(best -> metrics(best, rows))));
    }
    return new EvaluationReport(
        metrics(tasks),
        optimal.map(Evaluator::metrics),
        scenarios.buildOrThrow(),
        data.lists().map(Lists::by));
  }

  /**
   * How much the model's columns matter: by how much its AUC falls, or its RMSE rises, when the
   * values of one are permuted among the rows of the same scenario. Source: Random forests
   * (Breiman, 2001).
   *
   * @param rows the rows of this evaluator, in its order
   * @param columns names of the columns that are permuted; that of the scenario is none of them, as
   *     its values are equal within one
   * @param scorer scores of rows, [T][n] in the order of the data's tasks
   * @param repeats permutations of each column, at least 1
   */
  public Importances importances(
      PackedRows rows,
      List<String> columns,
      Function<PackedRows, float[][]> scorer,
      int repeats,
      long seed) {
    PackedLayout layout = rows.format().layout();
    Evaluator plain = new Evaluator(data.withoutProbabilities());
    ImportanceSums sums = new ImportanceSums(plain.evaluate(scorer.apply(rows)));
    ColumnPermutation permutation =
        new ColumnPermutation(
            rows, Arrays.stream(data.scenarioIds()).mapToObj(data::rowsOf).toList(), seed);
    for (String column : columns) {
      for (int repeat = 0; repeat < repeats; repeat++) {
        PackedRows permuted = permutation.of(layout.column(column), repeat);
        sums.add(column, plain.evaluate(scorer.apply(permuted)));
      }
    }
    return sums.importances(repeats);
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
      TaskRows rows = data.rows(task, scores[task]).labelled();
      tasks.add(Calibration.of(data.tasks().get(task).task(), rows.scores(), rows.labels(), parts));
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

  /**
   * Says how many rows are in no list of the ranking metrics, as their group is not known.
   *
   * @return a line, or nothing
   */
  public Optional<String> groupWarning() {
    return data.lists()
        .filter(lists -> lists.rowsWithout() > 0)
        .map(
            lists ->
                String.format(
                    Locale.ROOT,
                    "%,d of %,d rows are in no list of the ranking metrics: their '%s' is missing or"
                        + " unknown",
                    lists.rowsWithout(),
                    data.rows(),
                    lists.by().column()));
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

  private static void requireFinite(String task, float[] scores) {
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
  }

  private List<TaskEvaluation> tasks(float[][] scores) {
    return IntStream.range(0, scores.length)
        .mapToObj(task -> TaskEvaluation.of(data, task, scores[task]))
        .toList();
  }

  private static Metrics metrics(List<TaskEvaluation> tasks) {
    return new Metrics(
        tasks.stream().map(TaskEvaluation::overall).collect(ImmutableList.toImmutableList()));
  }

  private static Metrics metrics(List<TaskEvaluation> tasks, int[] rows) {
    return new Metrics(
        tasks.stream().map(task -> task.of(rows)).collect(ImmutableList.toImmutableList()));
  }

  /**
   * Which ranking metrics are requested.
   *
   * @param by the sparse column whose values are the groups, or {@code user} for the data's user
   * @param k length of the head of a list
   */
  public record RankingBy(String by, int k) {
    /** Means the column of the user, which may have any name. */
    public static final String USER = "user";

    /** Length of the head of a list unless another is named. */
    public static final int K = 10;

    /**
     * @throws InvalidInputException if k is below 1
     */
    public RankingBy {
      if (k < 1) {
        throw new InvalidInputException("k (--k) is " + k + ", expected at least 1");
      }
    }

    /**
     * The lists of rows in a data set.
     *
     * @throws InvalidInputException if the column is not there or not sparse
     */
    public Grouping in(Schema schema) {
      String column = by.equals(USER) ? schema.userColumn() : by;
      PackedLayout layout = schema.layout();
      List<String> names = layout.columns().stream().map(FeatureColumn::name).toList();
      if (!names.contains(column)) {
        throw new InvalidInputException(
            String.format(
                "ranking by (--ranking-by): '%s' is not a column of the data%s",
                column, SpellingHint.hint(column, names)));
      }
      FeatureColumn found = layout.column(column);
      if (found.type() != ColumnType.SPARSE) {
        throw new InvalidInputException(
            String.format(
                "ranking by (--ranking-by): column '%s' is %s, expected a column of type SPARSE",
                column, found.type()));
      }
      return new Grouping(column, schema.vocabularies().containsKey(found.embName()), k);
    }
  }

  /**
   * Whether a task's scores come true: its rows that have a label in the order of their scores, cut
   * into parts of about the same size. Equal scores stay together, so that there may be fewer
   * parts. Sample weights do not count.
   */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  public record Calibration(String task, ImmutableList<Bin> bins) {

    /**
     * Rows of neighbouring scores.
     *
     * @param rows number of rows, at least 1
     * @param predicted mean score
     * @param observed mean label: of clicks, the share of positive rows
     */
    public record Bin(int rows, double predicted, double observed) {}

    /**
     * Cuts rows into parts.
     *
     * @param scores [n], finite
     * @param labels [n]
     * @param parts how many, at most, at least 1
     * @throws io.scenerank.config.InvalidInputException if a score is not finite
     */
    public static Calibration of(String task, float[] scores, float[] labels, int parts) {
      checkArgument(
          scores.length == labels.length, "%s scores, %s labels", scores.length, labels.length);
      checkArgument(parts >= 1, "%s parts", parts);
      requireFinite(task, scores);
      long[] keys = ScoreOrder.ascending(scores);
      ImmutableList.Builder<Bin> bins = ImmutableList.builder();
      int from = 0;
      for (int part = 1; part <= parts; part++) {
        int to = afterTies(keys, (int) ((long) keys.length * part / parts));
        if (to > from) {
          bins.add(bin(keys, from, to, scores, labels));
          from = to;
        }
      }
      return new Calibration(task, bins.build());
    }

    /** The first place from {@code to} on whose score is not that of the place before. */
    private static int afterTies(long[] keys, int to) {
      return to == 0 || to == keys.length ? to : ScoreOrder.endOfTies(keys, to - 1, keys.length);
    }

    private static Bin bin(long[] keys, int from, int to, float[] scores, float[] labels) {
      double predicted = 0;
      double observed = 0;
      for (int i = from; i < to; i++) {
        predicted += scores[ScoreOrder.row(keys[i])];
        observed += labels[ScoreOrder.row(keys[i])];
      }
      int rows = to - from;
      return new Bin(rows, predicted / rows, observed / rows);
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
