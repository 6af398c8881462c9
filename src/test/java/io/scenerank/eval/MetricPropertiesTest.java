package io.scenerank.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.Ints;
import io.scenerank.config.InvalidInputException;
import io.scenerank.eval.EvaluationData.Lists;
import io.scenerank.eval.EvaluationReport.Grouping;
import io.scenerank.eval.Evaluator.RankingBy;
import io.scenerank.eval.Metrics.Ranking;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.Schema;
import io.scenerank.feature.Targets.TaskType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds of metrics of any rows: with weights, without some labels, of lists. */
class MetricPropertiesTest {
  private static final String TASK = "task";

  /** Rows with many ties, of four users and two scenarios. */
  private record Rows(
      TaskType type, float[] scores, float[] labels, float[] weights, int[] users, int[] scenes) {
    static Rows random(TaskType type, int count, Random random) {
      float[] labels = new float[count];
      float[] scores = new float[count];
      float[] weights = new float[count];
      for (int i = 0; i < count; i++) {
        scores[i] = (1 + random.nextInt(7)) / 8f;
        labels[i] =
            switch (type) {
              case BINARY -> random.nextInt(2);
              case COUNT -> random.nextInt(4);
              case REGRESSION -> random.nextInt(9) - 3;
            };
        weights[i] = random.nextInt(4);
      }
      return new Rows(
          type,
          scores,
          labels,
          weights,
          random.ints(count, 0, 4).toArray(),
          random.ints(count, 0, 2).toArray());
    }

    Rows pick(List<Integer> rows) {
      int[] numbers = Ints.toArray(rows);
      return new Rows(
          type,
          TaskRows.pick(scores, numbers),
          TaskRows.pick(labels, numbers),
          TaskRows.pick(weights, numbers),
          IntStream.of(numbers).map(i -> users[i]).toArray(),
          IntStream.of(numbers).map(i -> scenes[i]).toArray());
    }

    Rows withWeights(float... other) {
      return new Rows(type, scores, labels, other, users, scenes);
    }

    Rows withLabels(float... other) {
      return new Rows(type, scores, other, weights, users, scenes);
    }

    EvaluationReport evaluate() {
      TaskLabels task = new TaskLabels(TASK, type, labels, Optional.of(weights));
      EvaluationData data =
          EvaluationData.of(ImmutableList.of(task), users, scenes, id -> "scene" + id)
              .withLists(new Lists(new Grouping("user", false, 3), users));
      return new Evaluator(data).evaluate(new float[][] {scores});
    }

    Ranking ranking(int k) {
      return RankedLists.of(scores, labels, users, k);
    }
  }

  private static float[] filled(int count, float value) {
    float[] values = new float[count];
    Arrays.fill(values, value);
    return values;
  }

  private static void assertSame(Map<String, Number> found, Map<String, Number> expected) {
    assertThat(found.keySet()).isEqualTo(expected.keySet());
    found.forEach(
        (name, value) ->
            assertThat(value.doubleValue())
                .as(name)
                .isCloseTo(expected.get(name).doubleValue(), within(1e-12)));
  }

  @Property(tries = 200)
  void weightsOfOneChangeNothing(
      @ForAll TaskType type, @ForAll @IntRange(max = 40) int count, @ForAll long seed) {
    Rows rows = Rows.random(type, count, new Random(seed)).withWeights(filled(count, 1));
    ImmutableMap<String, Number> metrics = rows.evaluate().overall().toJson();
    metrics.forEach(
        (name, value) -> {
          if (name.startsWith("weighted_")) {
            assertThat(value.doubleValue())
                .as(name)
                .isCloseTo(
                    metrics.get(name.substring("weighted_".length())).doubleValue(), within(1e-12));
          }
        });
    if (type == TaskType.BINARY && metrics.containsKey("auc")) {
      assertThat(metrics).containsKeys("weighted_auc", "weighted_logloss");
    }
  }

  @Property(tries = 200)
  void aWholeWeightIsThatManyRows(
      @ForAll TaskType type, @ForAll @IntRange(max = 40) int count, @ForAll long seed) {
    Rows rows = Rows.random(type, count, new Random(seed));
    List<Integer> repeated = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      repeated.addAll(Collections.nCopies((int) rows.weights()[i], i));
    }
    Map<String, Number> weighted = rows.evaluate().overall().toJson();
    Map<String, Number> plain = rows.pick(repeated).evaluate().overall().toJson();
    for (String name : List.of("auc", "logloss", "rmse", "mae", "poisson_deviance")) {
      assertThat(weighted.containsKey("weighted_" + name)).isEqualTo(plain.containsKey(name));
      if (plain.containsKey(name)) {
        assertThat(weighted.get("weighted_" + name).doubleValue())
            .as(name)
            .isCloseTo(plain.get(name).doubleValue(), within(1e-12));
      }
    }
  }

  @Property(tries = 200)
  void rowsWithoutALabelAreLeftOut(
      @ForAll TaskType type, @ForAll @IntRange(max = 40) int count, @ForAll long seed) {
    Random random = new Random(seed);
    Rows all = Rows.random(type, count, random);
    float[] labels = all.labels().clone();
    List<Integer> kept = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      if (random.nextInt(3) == 0) {
        labels[i] = Float.NaN;
      } else {
        kept.add(i);
      }
    }
    EvaluationReport found = all.withLabels(labels).evaluate();
    EvaluationReport expected = all.pick(kept).evaluate();
    assertThat(found.overall().rows()).isEqualTo(count);
    assertSame(withoutCounts(found.overall()), withoutCounts(expected.overall()));
    assertThat(found.overall().tasks().get(0).labelled().isPresent())
        .isEqualTo(kept.size() < count);
    expected
        .scenarios()
        .forEach(
            (name, scenario) ->
                assertSame(
                    withoutCounts(found.scenarios().get(name).metrics()),
                    withoutCounts(scenario.metrics())));
  }

  private static Map<String, Number> withoutCounts(Metrics metrics) {
    Map<String, Number> values = new LinkedHashMap<>(metrics.toJson());
    values.keySet().removeAll(List.of("rows", "labelled"));
    return values;
  }

  @Property(tries = 300)
  void rankingMetricsAreSharesThatRiseWithK(
      @ForAll @IntRange(max = 40) int count,
      @ForAll @IntRange(min = 1, max = 9) int k,
      @ForAll long seed) {
    Random random = new Random(seed);
    Rows rows = Rows.random(TaskType.COUNT, count, random);
    Ranking ranking = rows.ranking(k);
    assertThat(ranking.countedGroups() + ranking.skippedGroups())
        .isEqualTo((int) IntStream.of(rows.users()).distinct().count());
    if (ranking.countedGroups() == 0) {
      assertThat(ranking.ndcg()).isEmpty();
      assertThat(ranking.mrr()).isEmpty();
      assertThat(ranking.hitRate()).isEmpty();
      return;
    }
    assertThat(ranking.ndcg().getAsDouble()).isBetween(0.0, 1 + 1e-12);
    assertThat(ranking.mrr().getAsDouble()).isBetween(1.0 / count - 1e-12, 1 + 1e-12);
    assertThat(ranking.hitRate().getAsDouble()).isBetween(0.0, 1 + 1e-12);
    assertThat(rows.ranking(k + 1).hitRate().getAsDouble())
        .isGreaterThanOrEqualTo(ranking.hitRate().getAsDouble() - 1e-12);
    assertThat(rows.ranking(count).hitRate().getAsDouble()).isCloseTo(1, within(1e-12));
    List<Integer> order = new ArrayList<>(IntStream.range(0, count).boxed().toList());
    Collections.shuffle(order, random);
    Ranking shuffled = rows.pick(order).ranking(k);
    assertThat(shuffled.ndcg().getAsDouble())
        .isCloseTo(ranking.ndcg().getAsDouble(), within(1e-12));
    assertThat(shuffled.mrr().getAsDouble()).isCloseTo(ranking.mrr().getAsDouble(), within(1e-12));
  }

  @Property(tries = 100)
  void theLabelsThemselvesAreTheBestScores(
      @ForAll @IntRange(min = 1, max = 40) int count,
      @ForAll @IntRange(min = 1, max = 9) int k,
      @ForAll long seed) {
    Rows rows = Rows.random(TaskType.COUNT, count, new Random(seed));
    Ranking ranking = RankedLists.of(rows.labels(), rows.labels(), rows.users(), k);
    if (ranking.countedGroups() > 0) {
      assertThat(ranking.ndcg().getAsDouble()).isCloseTo(1, within(1e-12));
      assertThat(ranking.mrr().getAsDouble()).isCloseTo(1, within(1e-12));
      assertThat(ranking.hitRate().getAsDouble()).isCloseTo(1, within(1e-12));
    }
  }

  @Test
  void tiesAreWorthTheirMean() {
    // One of four tied rows is the relevant one, behind a row that is not.
    Ranking ranking =
        RankedLists.of(
            new float[] {0.9f, 0.5f, 0.5f, 0.5f, 0.5f}, new float[] {0, 1, 0, 0, 0}, new int[5], 3);
    assertThat(ranking.mrr().getAsDouble())
        .isCloseTo((1 / 2.0 + 1 / 3.0 + 1 / 4.0 + 1 / 5.0) / 4, within(1e-15));
    assertThat(ranking.hitRate()).hasValue(0.5);
    assertThat(ranking.ndcg().getAsDouble())
        .isCloseTo((Math.log(2) / Math.log(3) + 0.5) / 4, within(1e-15));
  }

  @Test
  void rowsWithoutAGroupAreInNoList() {
    int none = EvaluationData.NO_GROUP;
    Ranking ranking =
        RankedLists.of(
            new float[] {1, 2, 3, 4}, new float[] {1, 0, 1, 0}, new int[] {7, 7, none, none}, 1);
    assertThat(ranking)
        .isEqualTo(
            new Ranking(
                1, OptionalDouble.of(0), OptionalDouble.of(0.5), OptionalDouble.of(0), 1, 0));
  }

  @Test
  void tasksOfSeveralTypesHaveTheirOwnMetrics() {
    float nan = Float.NaN;
    List<TaskLabels> tasks =
        List.of(
            TaskLabels.binary("click", new float[] {1, 0, 1, 0}),
            new TaskLabels(
                "seconds", TaskType.REGRESSION, new float[] {3, nan, 8, nan}, Optional.empty()),
            new TaskLabels(
                "likes",
                TaskType.COUNT,
                new float[] {nan, nan, nan, nan},
                Optional.of(new float[] {1, 2, 0, 1})));
    EvaluationReport report =
        new Evaluator(
                EvaluationData.of(
                    tasks, new int[] {1, 1, 2, 2}, new int[] {0, 1, 0, 1}, id -> "s" + id))
            .evaluate(new float[][] {{1, 0, 0, 1}, {2, 0, 6, 5}, {0, 0, 1, 1}});
    assertThat(report.overall().tableMetrics().keySet())
        .containsExactly(
            "auc_click",
            "auc_macro",
            "gauc_click",
            "gauc_macro",
            "val_user_click",
            "rmse_seconds",
            "rmse_likes",
            "spearman_seconds",
            "spearman_likes",
            "spearman_macro");
    assertThat(report.overall().toJson())
        .containsEntry("labelled_seconds", 2)
        .containsEntry("labelled_likes", 0)
        .containsEntry("mae_seconds", 1.5)
        .containsEntry("spearman_macro", 1.0)
        .containsEntry("label_mean_seconds", 5.5)
        .containsEntry("rows", 4)
        .doesNotContainKeys("labelled_click", "rmse_likes", "base_rate_seconds", "auc_seconds");
    String table = EvaluationTables.perScenario(report).render();
    assertThat(table.lines().toList().get(1).replaceAll(" +", " "))
        .isEqualTo(
            "| scenario | task | rows | labelled | base_rate | label_mean | auc | gauc | val_user |"
                + " gauc_weighted | logloss | rmse | weighted_rmse | mae | weighted_mae |"
                + " poisson_deviance | weighted_poisson_deviance | spearman |");
    assertThat(table.replaceAll(" +", " "))
        .contains("| s0 | click | 2 | - | 1.0000 | - | n/a | n/a | 0 |")
        .contains("| s0 | seconds | 2 | 2 | - | 5.5000 | - | - | - | - | - | 1.5811 | - |")
        .contains("| s1 | likes | 2 | 0 | - | n/a | - | - | - | - | - | n/a | n/a |");
    assertThat(EvaluationTables.summary("m", report).render()).contains("spearman_macro");
    assertThat(report.toText("m").replaceAll(" +", " "))
        .contains("Per task:", "| task | rows | labelled |", "| likes | 4 | 0 |");
    assertThat(report.toMarkdown("m").replaceAll(" +", " ")).contains("| click | 4 | - | 0.5000 |");
  }

  @Test
  void calibrationOfNumbersComparesMeans() {
    TaskLabels seconds =
        new TaskLabels(
            "seconds",
            TaskType.REGRESSION,
            new float[] {-4, Float.NaN, 8, 10},
            Optional.of(filled(4, 2)));
    Evaluator evaluator =
        new Evaluator(EvaluationData.of(List.of(seconds), new int[4], new int[4], id -> "all"));
    assertThat(evaluator.calibrate(new float[][] {{-2, 7, 9, 9}}, 3).get(0).bins())
        .containsExactly(
            new Evaluator.Calibration.Bin(1, -2, -4), new Evaluator.Calibration.Bin(2, 9, 9));
  }

  @ParameterizedTest
  @ValueSource(floats = {-1, Float.NaN, Float.POSITIVE_INFINITY})
  void aWeightIsFiniteAndNotNegative(float weight) {
    assertThatThrownBy(
            () ->
                new TaskLabels(
                    TASK, TaskType.BINARY, new float[2], Optional.of(new float[] {1, weight})))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "sample weight of task 'task', row 1: found "
                + weight
                + ", expected a finite number of 0 or more");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "BINARY | 0.5 | 0 or 1",
        "REGRESSION | -Infinity | a finite number",
        "COUNT | -2 | a finite number of 0 or more",
      })
  void aLabelIsOfItsType(TaskType type, float label, String expected) {
    assertThatThrownBy(
            () -> new TaskLabels(TASK, type, new float[] {1, 0, label}, Optional.empty()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("label of task 'task', row 2: found " + label + ", expected " + expected);
  }

  @Test
  void groupsAreIdsOfASparseColumn() {
    Schema schema =
        new Schema(
            "name",
            "source",
            Stream.of(
                    FeatureColumn.sparse("request", 20, 4),
                    FeatureColumn.sparse("member", 20, 4),
                    FeatureColumn.sequence("history", "item", 30, 4, 3))
                .map(column -> new Schema.Column(column, ImmutableMap.of()))
                .collect(ImmutableList.toImmutableList()),
            ImmutableList.of(TASK),
            new Schema.Scenario("request", ImmutableList.of()),
            "member",
            ImmutableMap.of("request", "vocab/request.parquet"));
    assertThat(new RankingBy("request", 10).in(schema))
        .isEqualTo(new Grouping("request", true, 10));
    assertThat(new RankingBy("user", 1).in(schema)).isEqualTo(new Grouping("member", false, 1));
    assertThatThrownBy(() -> new RankingBy("requests", 10).in(schema))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "ranking by (--ranking-by): 'requests' is not a column of the data; did you mean"
                + " 'request'?");
    assertThatThrownBy(() -> new RankingBy("history", 10).in(schema))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "ranking by (--ranking-by): column 'history' is VARLEN_SPARSE, expected a column of"
                + " type SPARSE");
    assertThatThrownBy(() -> new RankingBy("request", 0))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("k (--k) is 0, expected at least 1");
    assertThat(new Grouping("request", true, 1).group(0)).isEqualTo(EvaluationData.NO_GROUP);
    assertThat(new Grouping("request", false, 1).group(0)).isZero();
  }
}
