package io.scenerank.eval;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import io.scenerank.PublicApi;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

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

  /**
   * How much worse a model gets when one of its columns has the values of other rows of the same
   * scenario: its AUC falls by that, or its RMSE rises.
   *
   * @param rows number of rows
   * @param repeats permutations of each column
   * @param overall over all rows, a task each
   * @param scenarios a scenario at a time, by name
   */
  public record Importances(
      int rows,
      int repeats,
      ImmutableList<TaskImportance> overall,
      ImmutableMap<String, ImmutableList<TaskImportance>> scenarios) {

    /**
     * The columns' importances for one task.
     *
     * @param metric {@code auc}, or {@code rmse} for a task that is not binary
     * @param baseline its value with the rows as they are; empty where it does not exist
     * @param columns by their names, the most important for all tasks together first
     */
    public record TaskImportance(
        String task,
        String metric,
        OptionalDouble baseline,
        ImmutableMap<String, Importance> columns) {
      /** The importance of a column. */
      public Importance of(String column) {
        return requireNonNull(columns.get(column), column);
      }
    }

    /**
     * By how much a metric gets worse.
     *
     * @param mean over the permutations; empty where the metric does not exist
     * @param deviation their sample standard deviation; empty with one permutation
     */
    public record Importance(OptionalDouble mean, OptionalDouble deviation) {}

    /** The columns, the most important first. */
    public ImmutableList<String> columns() {
      return overall.get(0).columns().keySet().asList();
    }

    /** Two tables for a terminal: the columns, then the most important ones of each scenario. */
    public String toText() {
      return String.format(
          "%s%nPer scenario:%n%s",
          ImportanceTables.overall(this).render(), ImportanceTables.perScenario(this).render());
    }

    /** {@code rows}, {@code repeats}, {@code tasks} and {@code per_scenario}, for JSON. */
    public Map<String, Object> toJson() {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("rows", rows);
      json.put("repeats", repeats);
      json.put("tasks", toJson(overall));
      json.put("per_scenario", Maps.transformValues(scenarios, Importances::toJson));
      return json;
    }

    private static Map<String, Object> toJson(List<TaskImportance> tasks) {
      Map<String, Object> json = new LinkedHashMap<>();
      for (TaskImportance task : tasks) {
        Map<String, Object> columns = new LinkedHashMap<>();
        task.columns()
            .forEach(
                (column, importance) ->
                    columns.put(
                        column, present("mean", importance.mean(), "std", importance.deviation())));
        Map<String, Object> of = new LinkedHashMap<>(Map.of("metric", task.metric()));
        task.baseline().ifPresent(value -> of.put("value", value));
        of.put("importance", columns);
        json.put(task.task(), of);
      }
      return json;
    }

    private static Map<String, Double> present(
        String name, OptionalDouble value, String other, OptionalDouble otherValue) {
      Map<String, Double> json = new LinkedHashMap<>();
      value.ifPresent(number -> json.put(name, number));
      otherValue.ifPresent(number -> json.put(other, number));
      return json;
    }
  }

  /** The rows of one scenario. */
  public record ScenarioMetrics(Metrics metrics, Optional<Metrics> optimal) {}

  /**
   * Tables for a terminal: all rows, a task a row where tasks have other metrics than plain clicks,
   * then a scenario and task a row.
   *
   * @param model names the row of the scores where there is one of the true probabilities too
   */
  public String toText(String model) {
    return String.format(
        "%s%s%nPer scenario:%n%s%s",
        EvaluationTables.summary(model, this).render(),
        EvaluationTables.perTask(this)
            .map(table -> String.format("%nPer task:%n%s", table.render()))
            .orElse(""),
        EvaluationTables.perScenario(this).render(),
        lists());
  }

  /** The tables of {@link #toText} in Markdown. */
  public String toMarkdown(String model) {
    return String.format(
        "%s%s%nPer scenario:%n%n%s%s",
        EvaluationTables.summary(model, this).markdown(),
        EvaluationTables.perTask(this)
            .map(table -> String.format("%nPer task:%n%n%s", table.markdown()))
            .orElse(""),
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
