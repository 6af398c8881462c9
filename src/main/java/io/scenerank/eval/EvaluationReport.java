package io.scenerank.eval;

import com.google.common.collect.ImmutableMap;
import io.scenerank.PublicApi;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What an evaluation found.
 *
 * @param overall over all rows
 * @param optimal the metrics of the true probabilities, where they are known: no model is better,
 *     except by chance
 * @param scenarios a scenario at a time, by name, in the order of the scenarios' ids
 */
@PublicApi
public record EvaluationReport(
    Metrics overall, Optional<Metrics> optimal, ImmutableMap<String, ScenarioMetrics> scenarios) {

  /** The rows of one scenario. */
  public record ScenarioMetrics(Metrics metrics, Optional<Metrics> optimal) {}

  /**
   * Two tables for a terminal: all rows, then a scenario and task a row.
   *
   * @param model names the row of the scores where there is one of the true probabilities too
   */
  public String toText(String model) {
    return String.format(
        "%s%nPer scenario:%n%s",
        EvaluationTables.summary(model, this).render(),
        EvaluationTables.perScenario(this).render());
  }

  /** The tables of {@link #toText} in Markdown. */
  public String toMarkdown(String model) {
    return String.format(
        "%s%nPer scenario:%n%n%s",
        EvaluationTables.summary(model, this).markdown(),
        EvaluationTables.perScenario(this).markdown());
  }

  /** {@code metrics}, {@code optimal} (where known) and {@code per_scenario}, for JSON. */
  public Map<String, Object> toJson() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("metrics", overall.toJson());
    optimal.ifPresent(metrics -> json.put("optimal", metrics.toJson()));
    Map<String, Object> perScenario = new LinkedHashMap<>();
    scenarios.forEach(
        (name, scenario) -> {
          Map<String, Object> both = new LinkedHashMap<>();
          both.put("metrics", scenario.metrics().toJson());
          scenario.optimal().ifPresent(metrics -> both.put("optimal", metrics.toJson()));
          perScenario.put(name, both);
        });
    json.put("per_scenario", perScenario);
    return json;
  }
}
