package io.scenerank.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import java.util.List;
import org.junit.jupiter.api.Test;

class EvaluatorTest {
  private static final List<String> TASKS = List.of("is_click", "is_like");
  private static final float[][] LABELS = {{0, 1, 0, 1, 1, 0}, {0, 0, 0, 0, 0, 0}};
  private static final int[] USERS = {1, 1, 2, 2, 3, 3};
  private static final int[] SCENARIOS = {0, 0, 1, 1, 1, 0};
  private static final float[][] SCORES = {
    {0.1f, 0.9f, 0.6f, 0.4f, 0.7f, 0.2f}, {0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f}
  };

  private static EvaluationData data() {
    return EvaluationData.of(TASKS, LABELS, USERS, SCENARIOS, id -> "tab_" + id);
  }

  private static EvaluationData oneTask() {
    return EvaluationData.of(
        TASKS.subList(0, 1), new float[][] {LABELS[0]}, USERS, SCENARIOS, id -> "tab_" + id);
  }

  @Test
  void metricsHaveTheirNamesAndOrder() {
    Metrics metrics = new Evaluator(data()).evaluate(SCORES).overall();
    assertThat(metrics.tableMetrics().keySet())
        .containsExactly(
            "auc_is_click",
            "auc_is_like",
            "auc_macro",
            "gauc_is_click",
            "gauc_is_like",
            "gauc_macro",
            "val_user_is_click",
            "val_user_is_like");
    assertThat(metrics.byName().keySet())
        .startsWith("auc_is_click", "auc_is_like")
        .contains("gauc_weighted_is_click", "gauc_weighted_macro", "logloss_macro", "rows");
  }

  @Test
  void oneTaskHasPlainNames() {
    Metrics metrics = new Evaluator(oneTask()).evaluate(new float[][] {SCORES[0]}).overall();
    assertThat(metrics.tableMetrics().keySet()).containsExactly("auc", "gauc", "val_user");
    assertThat(metrics.aucMacro()).isEqualTo(metrics.tasks().get(0).auc());
  }

  @Test
  void macroMeansSkipTasksWithoutAValue() {
    Metrics metrics = new Evaluator(data()).evaluate(SCORES).overall();
    assertThat(metrics.tasks().get(0).auc().getAsDouble()).isCloseTo(8 / 9.0, within(1e-12));
    assertThat(metrics.tasks().get(1).auc()).isEmpty();
    assertThat(metrics.aucMacro().getAsDouble()).isCloseTo(8 / 9.0, within(1e-12));
    assertThat(metrics.gaucMacro().getAsDouble()).isCloseTo(2 / 3.0, within(1e-12));
    assertThat(metrics.tasks().get(0).gauc().countedUsers()).isEqualTo(3);
    assertThat(metrics.tasks().get(1).gauc().skippedUsers()).isEqualTo(3);
  }

  @Test
  void everyMetricPerScenario() {
    EvaluationReport report = new Evaluator(data()).evaluate(SCORES);
    assertThat(report.scenarios().keySet()).containsExactly("tab_0", "tab_1");
    Metrics.OfTask click = report.scenarios().get("tab_1").metrics().tasks().get(0);
    assertThat(click.rows()).isEqualTo(3);
    assertThat(click.baseRate().getAsDouble()).isCloseTo(2 / 3.0, within(1e-12));
    assertThat(click.auc()).hasValue(0.5);
    assertThat(click.gauc().mean()).hasValue(0.0);
    assertThat(click.gauc().countedUsers()).isEqualTo(1);
    assertThat(click.gauc().skippedUsers()).isEqualTo(1);
  }

  @Test
  void optimalIsThatOfTheTrueProbabilities() {
    float[][] truth = {{0, 1, 0, 1, 1, 0}, {0, 0, 0, 0, 0, 0}};
    assertThat(new Evaluator(data()).evaluate(SCORES).optimal()).isEmpty();
    EvaluationReport report = new Evaluator(data().withProbabilities(truth)).evaluate(SCORES);
    assertThat(report.optimal().orElseThrow().tasks().get(0).auc()).hasValue(1);
    assertThat(report.scenarios().get("tab_0").optimal().orElseThrow().tasks().get(0).gauc().mean())
        .hasValue(1);
  }

  @Test
  void jsonLeavesOutWhatDoesNotExist() {
    EvaluationReport report = new Evaluator(data()).evaluate(SCORES);
    assertThat(report.overall().toJson())
        .containsEntry("val_user_is_click", 3)
        .containsEntry("val_user_is_like", 0)
        .containsEntry("rows", 6)
        .doesNotContainKeys("auc_is_like", "gauc_is_like", "gauc_weighted_is_like");
    String json = new ConfigMapper().toJson(report.toJson());
    assertThat(json).contains("\"per_scenario\"", "\"tab_1\"").doesNotContain("NaN", "optimal");
  }

  @Test
  void summaryHasTheChaptersShape() {
    EvaluationReport report = new Evaluator(oneTask()).evaluate(new float[][] {SCORES[0]});
    assertThat(EvaluationTables.summary("apg", report).render())
        .isEqualTo(
            """
            +--------+--------+----------+
            |    auc |   gauc | val_user |
            +========+========+==========+
            | 0.8889 | 0.6667 |        3 |
            +--------+--------+----------+
            """);
  }

  @Test
  void summaryShowsTheOptimumAndWhatIsMissing() {
    EvaluationReport report = new Evaluator(data().withProbabilities(SCORES)).evaluate(SCORES);
    String table = EvaluationTables.summary("pepnet", report).markdown();
    assertThat(table.lines()).hasSize(4);
    assertThat(table).contains("| pepnet  |", "| optimal |", " n/a |").doesNotContain("NaN");
  }

  @Test
  void perScenarioTable() {
    String table = EvaluationTables.perScenario(new Evaluator(data()).evaluate(SCORES)).render();
    assertThat(table)
        .contains("| tab_1    | is_click |    3 |    0.6667 | 0.5000 | 0.0000 |        1 |");
  }

  @Test
  void namesAScoreThatIsNotFinite() {
    float[][] scores = {SCORES[0], SCORES[1].clone()};
    scores[1][4] = Float.NaN;
    assertThatThrownBy(() -> new Evaluator(data()).evaluate(scores))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("scores: task 'is_like', row 4: found NaN, expected a finite number");
  }

  @Test
  void scenariosNeedANameEach() {
    EvaluationData same = EvaluationData.of(TASKS, LABELS, USERS, SCENARIOS, id -> "tab");
    assertThatThrownBy(() -> new Evaluator(same).evaluate(SCORES))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("scenarios 0 and 1 are both named 'tab', expected different names");
  }
}
