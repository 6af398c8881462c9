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
 * @param grouping the lists of the ranking metrics, where they were requested
 */
@PublicApi
public record EvaluationReport(
    Metrics overall,
    Optional<Metrics> optimal,
    ImmutableMap<String, ScenarioMetrics> scenarios,
    Optional<EvaluationReport.Grouping> grouping) {

  /**
   * Which rows are one list of the ranking metrics.
   *
   * @param column a sparse column, whose ids are the groups
   * @param isZeroUnknown whether the id 0 is that of values that are missing or unknown, so that
   *     such rows are in no list
   * @param k length of the head of a list
   */
  public record Grouping(String column, boolean isZeroUnknown, int k) {
    int group(int id) {
      return isZeroUnknown && id == 0 ? EvaluationData.NO_GROUP : id;
    }
  }

  /** The rows of one scenario. */
  public record ScenarioMetrics(Metrics metrics, Optional<Metrics> optimal) {}

  /**
   * Two tables for a terminal: all rows, then a scenario and task a row.
   *
   * @param model names the row of the scores where there is one of the true probabilities too
   */
  public String toText(String model) {
    return String.format(
        "%s%nPer scenario:%n%s%s",
        EvaluationTables.summary(model, this).render(),
        EvaluationTables.perScenario(this).render(),
        lists());
  }

  /** The tables of {@link #toText} in Markdown. */
  public String toMarkdown(String model) {
    return String.format(
        "%s%nPer scenario:%n%n%s%s",
        EvaluationTables.summary(model, this).markdown(),
        EvaluationTables.perScenario(this).markdown(),
        lists());
  }

  private String lists() {
    return grouping
        .map(
            by ->
                String.format(
                    "%nA list of the ranking metrics: the rows of one %s; means over the val_group"
                        + " lists with a positive label%n",
                    by.column()))
        .orElse("");
  }

  /**
   * {@code ranking} (where requested), {@code metrics}, {@code optimal} (where known) and {@code
   * per_scenario}, for JSON.
   */
  public Map<String, Object> toJson() {
    Map<String, Object> json = new LinkedHashMap<>();
    grouping.ifPresent(
        lists -> json.put("ranking", ImmutableMap.of("by", lists.column(), "k", lists.k())));
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
