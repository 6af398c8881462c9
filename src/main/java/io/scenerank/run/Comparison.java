package io.scenerank.run;

import com.google.common.base.Joiner;
import com.google.common.collect.ImmutableList;
import io.scenerank.eval.EvaluationReport;
import io.scenerank.eval.TextTable;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;

/**
 * What a comparison came to.
 *
 * @param models in the order in which they were named
 * @param folder where the runs lie; empty if there is none
 */
public record Comparison(
    ImmutableList<Long> seeds, ImmutableList<ModelRuns> models, Optional<Path> folder) {

  public boolean succeeded() {
    return models.stream().allMatch(ModelRuns::succeeded);
  }

  /** The models that have figures. */
  ImmutableList<ModelRuns> compared() {
    return models.stream().filter(ModelRuns::succeeded).collect(ImmutableList.toImmutableList());
  }

  /** One evaluation, for tasks, scenarios and optimum, which all runs share. */
  Optional<EvaluationReport> anyEvaluation() {
    return compared().stream().findFirst().map(model -> model.runs().get(0).report().evaluation());
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
    String scenarioTitle = "Per scenario, " + tables.mainFigure() + ":";
    tables.perScenario().ifPresent(table -> text.append(section(scenarioTitle, form.apply(table))));
    tables
        .perTask()
        .ifPresent(table -> text.append(section("Per scenario and task, auc:", form.apply(table))));
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
