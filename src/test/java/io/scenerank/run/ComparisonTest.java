package io.scenerank.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.config.ConfigMapper;
import io.scenerank.eval.EvaluationReport;
import io.scenerank.eval.EvaluationReport.ScenarioMetrics;
import io.scenerank.eval.Metrics;
import io.scenerank.feature.Targets.TaskType;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Tables and JSON of runs whose metrics are given. */
class ComparisonTest {
  private static final Path OUT = Path.of("runs/compare");

  private static Metrics.OfTask task(String name, double auc) {
    OptionalDouble value = Double.isNaN(auc) ? OptionalDouble.empty() : OptionalDouble.of(auc);
    return new Metrics.OfTask(
        name,
        TaskType.BINARY,
        10,
        OptionalInt.empty(),
        OptionalDouble.of(0.5),
        value,
        new Metrics.Gauc(OptionalDouble.of(0.6), OptionalDouble.of(0.6), 3, 1),
        OptionalDouble.of(0.7),
        Metrics.Errors.NONE,
        Optional.empty(),
        Optional.empty());
  }

  private static Metrics metrics(double click, double like) {
    return new Metrics(ImmutableList.of(task("click", click), task("like", like)));
  }

  /** A run of two scenarios; in "quiet" nobody likes anything, so that there is no AUC. */
  private static RunResult run(
      String model, long seed, double click, double like, boolean knowsOptimum) {
    Optional<Metrics> optimal = knowsOptimum ? Optional.of(metrics(0.9, 0.8)) : Optional.empty();
    EvaluationReport evaluation =
        new EvaluationReport(
            metrics(click, like),
            optimal,
            ImmutableMap.of(
                "home",
                new ScenarioMetrics(metrics(click - 0.1, like), optimal),
                "quiet",
                new ScenarioMetrics(metrics(0.5, Double.NaN), optimal)),
            Optional.empty());
    Path folder = OUT.resolve(model + "-seed" + seed);
    return new RunResult(
        model,
        seed,
        evaluation,
        0,
        new RunResult.Speed(1000 * seed, 3, seed, 1234567),
        folder,
        folder.resolve("saved_model/1"));
  }

  private static ModelRuns model(String name, RunResult... runs) {
    return new ModelRuns(name, ImmutableList.copyOf(runs), Optional.empty());
  }

  private static Comparison comparison(ModelRuns... models) {
    return new Comparison(ImmutableList.of(1L, 2L), ImmutableList.copyOf(models), Optional.of(OUT));
  }

  private static Comparison two() {
    return comparison(
        model("apg", run("apg", 1, 0.7, 0.6, true), run("apg", 2, 0.72, 0.6, true)),
        model("m2m", run("m2m", 1, 0.6, 0.6, true), run("m2m", 2, 0.65, 0.6, true)));
  }

  @Test
  void theTablesInText() {
    assertThat(two().toText().replace(System.lineSeparator(), "\n"))
        .isEqualTo(
            """
            Seeds 1, 2: mean ± sample standard deviation; * marks the best

            +---------+-------------------+-------------------+-------------------+-------------------+-------------------+---------+-----------+------------+
            | model   |         auc_click |          auc_like |         auc_macro |        gauc_macro |     logloss_macro | seconds | samples/s | parameters |
            +=========+===================+===================+===================+===================+===================+=========+===========+============+
            | apg     | 0.7100 ± 0.0141 * | 0.6000 ± 0.0000 * | 0.6550 ± 0.0071 * | 0.6000 ± 0.0000 * | 0.7000 ± 0.0000 * |   1.5 * |   1,500 * |  1,234,567 |
            +---------+-------------------+-------------------+-------------------+-------------------+-------------------+---------+-----------+------------+
            | m2m     | 0.6250 ± 0.0354   | 0.6000 ± 0.0000 * | 0.6125 ± 0.0177   | 0.6000 ± 0.0000 * | 0.7000 ± 0.0000 * |   1.5 * |   1,500 * |  1,234,567 |
            +---------+-------------------+-------------------+-------------------+-------------------+-------------------+---------+-----------+------------+
            | optimal |          0.9000   |          0.8000   |          0.8500   |          0.6000   |          0.7000   |         |           |            |
            +---------+-------------------+-------------------+-------------------+-------------------+-------------------+---------+-----------+------------+

            Per scenario, auc_macro:

            +----------+------+-------------------+-------------------+---------+
            | scenario | rows |               apg |               m2m | optimal |
            +==========+======+===================+===================+=========+
            | home     |   10 | 0.6050 ± 0.0071 * | 0.5625 ± 0.0177   |  0.8500 |
            +----------+------+-------------------+-------------------+---------+
            | quiet    |   10 | 0.5000 ± 0.0000 * | 0.5000 ± 0.0000 * |  0.8500 |
            +----------+------+-------------------+-------------------+---------+

            Per scenario and task, auc:

            +----------+-------+-------------------+-------------------+---------+
            | scenario | task  |               apg |               m2m | optimal |
            +==========+=======+===================+===================+=========+
            | home     | click | 0.6100 ± 0.0141 * | 0.5250 ± 0.0354   |  0.9000 |
            +----------+-------+-------------------+-------------------+---------+
            | home     | like  | 0.6000 ± 0.0000 * | 0.6000 ± 0.0000 * |  0.8000 |
            +----------+-------+-------------------+-------------------+---------+
            | quiet    | click | 0.5000 ± 0.0000 * | 0.5000 ± 0.0000 * |  0.9000 |
            +----------+-------+-------------------+-------------------+---------+
            | quiet    | like  |             n/a   |             n/a   |  0.8000 |
            +----------+-------+-------------------+-------------------+---------+

            Run folders: runs/compare
            """);
  }

  @Test
  void theTablesInMarkdown() {
    assertThat(two().toMarkdown().replace(System.lineSeparator(), "\n"))
        .isEqualTo(
            """
            Seeds 1, 2: mean ± sample standard deviation; bold is the best

            | model   |           auc_click |            auc_like |           auc_macro |          gauc_macro |       logloss_macro | seconds | samples/s | parameters |
            |---------|--------------------:|--------------------:|--------------------:|--------------------:|--------------------:|--------:|----------:|-----------:|
            | apg     | **0.7100 ± 0.0141** | **0.6000 ± 0.0000** | **0.6550 ± 0.0071** | **0.6000 ± 0.0000** | **0.7000 ± 0.0000** | **1.5** | **1,500** |  1,234,567 |
            | m2m     |     0.6250 ± 0.0354 | **0.6000 ± 0.0000** |     0.6125 ± 0.0177 | **0.6000 ± 0.0000** | **0.7000 ± 0.0000** | **1.5** | **1,500** |  1,234,567 |
            | optimal |              0.9000 |              0.8000 |              0.8500 |              0.6000 |              0.7000 |         |           |            |

            Per scenario, auc_macro:

            | scenario | rows |                 apg |                 m2m | optimal |
            |----------|-----:|--------------------:|--------------------:|--------:|
            | home     |   10 | **0.6050 ± 0.0071** |     0.5625 ± 0.0177 |  0.8500 |
            | quiet    |   10 | **0.5000 ± 0.0000** | **0.5000 ± 0.0000** |  0.8500 |

            Per scenario and task, auc:

            | scenario | task  |                 apg |                 m2m | optimal |
            |----------|-------|--------------------:|--------------------:|--------:|
            | home     | click | **0.6100 ± 0.0141** |     0.5250 ± 0.0354 |  0.9000 |
            | home     | like  | **0.6000 ± 0.0000** | **0.6000 ± 0.0000** |  0.8000 |
            | quiet    | click | **0.5000 ± 0.0000** | **0.5000 ± 0.0000** |  0.9000 |
            | quiet    | like  |                 n/a |                 n/a |  0.8000 |
            """);
  }

  @Test
  void withoutAnOptimumAndWithOneSeedAndAModelThatFailed() {
    Comparison comparison =
        new Comparison(
            ImmutableList.of(1L),
            ImmutableList.of(
                ModelRuns.failed("apg", "no column"), model("m2m", run("m2m", 1, 0.6, 0.6, false))),
            Optional.of(OUT));
    assertThat(comparison.succeeded()).isFalse();
    assertThat(comparison.toMarkdown().replace(System.lineSeparator(), "\n"))
        .isEqualTo(
            """
            Seed 1; bold is the best

            | model |  auc_click |   auc_like |  auc_macro | gauc_macro | logloss_macro | seconds | samples/s | parameters | error     |
            |-------|-----------:|-----------:|-----------:|-----------:|--------------:|--------:|----------:|-----------:|-----------|
            | apg   |        n/a |        n/a |        n/a |        n/a |           n/a |     n/a |       n/a |        n/a | no column |
            | m2m   | **0.6000** | **0.6000** | **0.6000** | **0.6000** |    **0.7000** | **1.0** | **1,000** |  1,234,567 |           |

            Per scenario, auc_macro:

            | scenario | rows |        m2m |
            |----------|-----:|-----------:|
            | home     |   10 | **0.5500** |
            | quiet    |   10 | **0.5000** |

            Per scenario and task, auc:

            | scenario | task  |        m2m |
            |----------|-------|-----------:|
            | home     | click | **0.5000** |
            | home     | like  | **0.6000** |
            | quiet    | click | **0.5000** |
            | quiet    | like  |        n/a |
            """);
  }

  @Test
  void whereEveryModelFailedThereAreOnlyErrors() {
    Comparison comparison =
        new Comparison(
            ImmutableList.of(1L, 2L),
            ImmutableList.of(
                ModelRuns.failed("apg", "no column"),
                new ModelRuns(
                    "m2m",
                    ImmutableList.of(run("m2m", 1, 0.6, 0.6, true)),
                    Optional.of("seed 2: NaN"))),
            Optional.empty());
    assertThat(comparison.toText().replace(System.lineSeparator(), "\n"))
        .isEqualTo(
            """
            Seeds 1, 2: mean ± sample standard deviation; * marks the best

            +-------+-------------+
            | model | error       |
            +=======+=============+
            | apg   | no column   |
            +-------+-------------+
            | m2m   | seed 2: NaN |
            +-------+-------------+
            """);
    JsonNode json = json(comparison);
    assertThat(json.get("best")).isEmpty();
    assertThat(json.has("optimal")).isFalse();
    JsonNode m2m = json.get("models").get(1);
    assertThat(m2m.get("error").asText()).isEqualTo("seed 2: NaN");
    assertThat(m2m.get("runs")).as("what was finished").hasSize(1);
    assertThat(m2m.has("mean")).as("a mean over fewer seeds would mislead").isFalse();
  }

  private static JsonNode json(Comparison comparison) {
    return new ConfigMapper().parse(comparison.toJson(), "json");
  }

  @Test
  void theJson() {
    JsonNode json = json(two());
    assertThat(json.fieldNames())
        .toIterable()
        .containsExactly("seeds", "models", "optimal", "best");
    assertThat(json.get("seeds").toString()).isEqualTo("[1,2]");
    assertThat(json.get("optimal").get("auc_macro").asDouble()).isCloseTo(0.85, within(1e-12));
    JsonNode apg = json.get("models").get(0);
    assertThat(apg.get("model").asText()).isEqualTo("apg");
    assertThat(apg.has("error")).isFalse();
    assertThat(apg.get("runs").get(1).get("seed").asInt()).isEqualTo(2);
    assertThat(apg.get("runs").get(1).get("run").asText())
        .isEqualTo(OUT.resolve("apg-seed2").toString());
    assertThat(apg.get("mean").get("auc_click").asDouble()).isCloseTo(0.71, within(1e-12));
    assertThat(apg.get("std").get("auc_click").asDouble())
        .isCloseTo(0.02 / Math.sqrt(2), within(1e-12));
    assertThat(apg.get("mean").has("val_user_click")).as("a count").isFalse();
    JsonNode quiet = apg.get("per_scenario").get("quiet");
    assertThat(quiet.get("mean").get("auc_macro").asDouble()).isEqualTo(0.5);
    assertThat(quiet.get("mean").has("auc_like")).isFalse();
    assertThat(apg.get("seconds").asDouble()).isEqualTo(1.5);
    assertThat(apg.get("samples_per_second").asDouble()).isEqualTo(1500);
    assertThat(apg.get("parameters").asLong()).isEqualTo(1234567);
    JsonNode best = json.get("best");
    assertThat(best.fieldNames())
        .toIterable()
        .containsExactly(
            "auc_click",
            "auc_like",
            "auc_macro",
            "gauc_macro",
            "logloss_macro",
            "seconds",
            "samples_per_second");
    assertThat(best.get("auc_click").asText()).isEqualTo("apg");
    assertThat(best.get("auc_like").asText()).as("of equal models the first").isEqualTo("apg");
  }

  @Test
  void theBestIsFoundBeforeRounding() {
    Comparison comparison =
        comparison(
            model("apg", run("apg", 1, 0.70001, 0.6, false)),
            model("m2m", run("m2m", 1, 0.70002, 0.6, false)));
    assertThat(comparison.toMarkdown())
        .contains("| apg   |     0.7000 | **0.6000** |")
        .contains("| m2m   | **0.7000** | **0.6000** |");
    assertThat(json(comparison).get("best").get("auc_click").asText()).isEqualTo("m2m");
  }

  private static Metrics seconds(String name, double mse) {
    return new Metrics(
        ImmutableList.of(
            new Metrics.OfTask(
                name,
                TaskType.REGRESSION,
                10,
                OptionalInt.empty(),
                OptionalDouble.of(7),
                OptionalDouble.empty(),
                new Metrics.Gauc(OptionalDouble.empty(), OptionalDouble.empty(), 0, 0),
                OptionalDouble.empty(),
                new Metrics.Errors(
                    OptionalDouble.of(mse),
                    OptionalDouble.of(1),
                    OptionalDouble.of(0.5),
                    OptionalDouble.empty()),
                Optional.empty(),
                Optional.empty())));
  }

  @Test
  void ofAnErrorTheLowestIsTheBest() {
    List<RunResult> results =
        Stream.of(16.0, 9.0)
            .map(mse -> seconds("watch", mse))
            .map(
                metrics ->
                    new RunResult(
                        "any",
                        1,
                        new EvaluationReport(
                            metrics,
                            Optional.empty(),
                            ImmutableMap.of("home", new ScenarioMetrics(metrics, Optional.empty())),
                            Optional.empty()),
                        0,
                        new RunResult.Speed(1000, 3, 1, 5),
                        OUT,
                        OUT))
            .toList();
    Comparison comparison = comparison(model("apg", results.get(0)), model("m2m", results.get(1)));
    assertThat(comparison.toText())
        .contains("Per scenario, rmse:", "| home     |   10 | 4.0000 | 3.0000 * |")
        .doesNotContain("auc");
    assertThat(json(comparison).get("best").get("rmse").asText()).isEqualTo("m2m");
  }

  @Test
  void oneTaskHasPlainNamesAndNoThirdTable() {
    Metrics one = new Metrics(ImmutableList.of(task("click", 0.7)));
    EvaluationReport evaluation =
        new EvaluationReport(
            one,
            Optional.empty(),
            ImmutableMap.of("home", new ScenarioMetrics(one, Optional.empty())),
            Optional.empty());
    RunResult result =
        new RunResult("apg", 1, evaluation, 0, new RunResult.Speed(1000, 3, 1, 5), OUT, OUT);
    String text = comparison(model("apg", result)).toText();
    assertThat(text)
        .contains("| model |      auc |", "Per scenario, auc:", "| home     |   10 | 0.7000 * |")
        .doesNotContain("macro", "Per scenario and task");
  }
}
