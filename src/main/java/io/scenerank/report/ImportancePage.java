package io.scenerank.report;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.eval.EvaluationReport.Importances;
import io.scenerank.eval.EvaluationReport.Importances.Importance;
import io.scenerank.eval.EvaluationReport.Importances.TaskImportance;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * The page that shows how much the columns of a model matter: one file of HTML that asks the
 * network for nothing, well formed as XML.
 *
 * @param model what it is called
 * @param facts what else the page says, by name
 */
record ImportancePage(String model, Importances importances, ImmutableMap<String, String> facts) {
  /** Classes {@code s0} … {@code s6}. */
  private static final int COLOURS = 7;

  String render() {
    return ReportPage.render(
        "Importance of the columns of " + model,
        Element.of("body")
            .add(
                Element.of("header")
                    .add(
                        Element.of("h1").text("Importance of the columns"),
                        Element.of("p", "note").text(model)),
                Element.of("main").add(overall(), perScenario(), about())));
  }

  private Element overall() {
    return ReportPage.section(
        "All rows",
        List.of(
            Element.of("p", "note")
                .text(
                    String.format(
                        Locale.ROOT,
                        "By how much the AUC falls, or the RMSE rises, when the values of a column are"
                            + " permuted among the rows of the same scenario; mean%s of %d"
                            + " permutations. Columns that carry the same information share their"
                            + " importance.",
                        importances.repeats() == 1 ? "" : " and standard deviation",
                        importances.repeats())),
            Element.of("div", "maps")
                .add(importances.overall().stream().map(task -> new Bars(task).draw()).toList())));
  }

  private Element perScenario() {
    List<Element> maps = new ArrayList<>();
    for (int i = 0; i < importances.overall().size(); i++) {
      maps.add(map(i));
    }
    return ReportPage.section("By scenario", List.of(Element.of("div", "maps").add(maps)));
  }

  /** The importances of one task: a row for each column, a column for each scenario. */
  private Element map(int task) {
    List<TaskImportance> scenarios =
        importances.scenarios().values().stream().map(tasks -> tasks.get(task)).toList();
    double most =
        scenarios.stream()
            .flatMap(scenario -> scenario.columns().values().stream())
            .mapToDouble(importance -> importance.mean().orElse(0))
            .max()
            .orElse(0);
    Element header = Element.of("tr").add(Element.of("th").text(""));
    header =
        header.add(
            importances.scenarios().keySet().stream()
                .map(name -> Element.of("th").text(name))
                .toList());
    List<Element> rows = new ArrayList<>();
    rows.add(
        Element.of("tr")
            .add(Element.of("th").text(scenarios.get(0).metric().toUpperCase(Locale.ROOT)))
            .add(
                scenarios.stream()
                    .map(scenario -> Element.of("td").text(number(scenario.baseline())))
                    .toList()));
    for (String column : importances.columns()) {
      rows.add(
          Element.of("tr")
              .add(Element.of("th").text(column))
              .add(scenarios.stream().map(scenario -> cell(scenario.of(column), most)).toList()));
    }
    return Element.of("figure", "wide")
        .add(
            Element.of("figcaption").text(importances.overall().get(task).task()),
            Tables.scrolling(
                Element.of("table", "heat")
                    .add(Element.of("thead").add(header), Element.of("tbody").add(rows))));
  }

  private static Element cell(Importance importance, double most) {
    double share = most > 0 ? Math.max(0, importance.mean().orElse(0)) / most : 0;
    return Element.of("td", "s" + Math.round(share * (COLOURS - 1)))
        .with("title", Bars.text(importance))
        .text(number(importance.mean()));
  }

  private static String number(OptionalDouble value) {
    return Numbers.fixed(value.isPresent() ? value.getAsDouble() : null, 4);
  }

  private Element about() {
    List<ImmutableList<String>> rows = new ArrayList<>();
    rows.add(ImmutableList.of("test rows", Numbers.count(importances.rows())));
    facts.forEach((name, value) -> rows.add(ImmutableList.of(name, value)));
    return ReportPage.section("Measurement", List.of(Tables.facts(rows)));
  }
}
