package io.scenerank.run;

import com.google.common.base.Joiner;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.ImmutableMap;
import io.scenerank.PublicApi;
import io.scenerank.eval.EvaluationReport;
import io.scenerank.eval.TextTable;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;

/** The result of a comparison: the runs of every model, and its tables. */
@PublicApi
public final class Comparison {
  private final ImmutableList<Long> seeds;
  private final ImmutableList<ModelRuns> models;
  private final Optional<Path> folder;

  /**
   * @param models in the order in which they were named
   * @param folder where the runs are; empty if there is none
   */
  Comparison(ImmutableList<Long> seeds, ImmutableList<ModelRuns> models, Optional<Path> folder) {
    this.seeds = seeds;
    this.models = models;
    this.folder = folder;
  }

  /** The seeds with which each model was trained. */
  public ImmutableList<Long> seeds() {
    return seeds;
  }

  ImmutableList<ModelRuns> models() {
    return models;
  }

  /** The folder that holds the run folders; empty if no run succeeded. */
  public Optional<Path> folder() {
    return folder;
  }

  /** The finished runs by model, in the order of the seeds. */
  public ImmutableListMultimap<String, RunResult> runs() {
    return models.stream()
        .collect(
            ImmutableListMultimap.flatteningToImmutableListMultimap(
                ModelRuns::model, model -> model.runs().stream()));
  }

  /** By model, why not all seeds have a run, in one line. */
  public ImmutableMap<String, String> errors() {
    return models.stream()
        .filter(model -> !model.succeeded())
        .collect(
            ImmutableMap.toImmutableMap(ModelRuns::model, model -> model.error().orElseThrow()));
  }

  /** Whether every model was trained with every seed. */
  public boolean succeeded() {
    return models.stream().allMatch(ModelRuns::succeeded);
  }

  /** The models that have metrics. */
  ImmutableList<ModelRuns> compared() {
    return models.stream().filter(ModelRuns::succeeded).collect(ImmutableList.toImmutableList());
  }

  /** One evaluation, for tasks, scenarios and optimum, which all runs share. */
  Optional<EvaluationReport> anyEvaluation() {
    return compared().stream().findFirst().map(model -> model.runs().get(0).evaluation());
  }

  /** The tables with borders. */
  public String toText() {
    return text(TextTable::render, "* marks the best")
        + folder.map(path -> line("") + line("Run folders: " + path)).orElse("");
  }

  /** The tables in Markdown. */
  public String toMarkdown() {
    return text(TextTable::markdown, "bold is the best");
  }

  public String toJson() {
    return ComparisonJson.of(this) + System.lineSeparator();
  }

  private String text(Function<TextTable, String> form, String legend) {
    ComparisonTables tables = new ComparisonTables(this);
    StringBuilder text = new StringBuilder();
    text.append(line(seedsText() + "; " + legend)).append(line(""));
    text.append(form.apply(tables.summary()));
    String scenarioTitle = "Per scenario, " + tables.mainMetric() + ":";
    tables.perScenario().ifPresent(table -> text.append(section(scenarioTitle, form.apply(table))));
    tables
        .perTask()
        .ifPresent(
            table ->
                text.append(
                    section(
                        "Per scenario and task, " + tables.taskMetrics() + ":",
                        form.apply(table))));
    return text.toString();
  }

  private String seedsText() {
    String numbers = Joiner.on(", ").join(seeds);
    return seeds.size() == 1
        ? "Seed " + numbers
        : "Seeds " + numbers + ": mean ± sample standard deviation";
  }

  private static String section(String title, String table) {
    return line("") + line(title) + line("") + table;
  }

  private static String line(String text) {
    return text + System.lineSeparator();
  }
}
