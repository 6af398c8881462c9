package io.scenerank.report;

import io.scenerank.eval.EvaluationReport.Importances.Importance;
import io.scenerank.eval.EvaluationReport.Importances.TaskImportance;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The importances of columns for one task as bars, the most important first. */
record Bars(TaskImportance task) {
  /** More columns than these are not drawn; the table of scenarios has them all. */
  private static final int MOST = 25;

  private static final double WIDTH = 480;
  private static final double NAMES = 150;
  private static final double NUMBERS = 130;
  private static final double ROW = 20;
  private static final double BAR = 12;

  /** Longer names do not fit; their tooltip has them. */
  private static final int NAME_LENGTH = 24;

  Element draw() {
    List<Map.Entry<String, Importance>> shown =
        task.columns().entrySet().stream()
            .sorted(Comparator.comparingDouble(column -> -column.getValue().mean().orElse(0)))
            .limit(MOST)
            .toList();
    double most = shown.stream().mapToDouble(column -> reach(column.getValue())).max().orElse(0);
    double least =
        Math.min(
            0,
            shown.stream()
                .mapToDouble(column -> column.getValue().mean().orElse(0))
                .min()
                .orElse(0));
    Scale scale = Scale.over(least, most > least ? most : least + 1, NAMES, WIDTH - NUMBERS, 1);
    List<Element> parts = new ArrayList<>();
    parts.add(Plot.line("axis", scale.at(0), 0, scale.at(0), shown.size() * ROW));
    for (int i = 0; i < shown.size(); i++) {
      parts.addAll(bar(shown.get(i).getKey(), shown.get(i).getValue(), scale, i * ROW));
    }
    String title =
        String.format(
            "%s, %s %s",
            task.task(),
            task.metric().toUpperCase(Locale.ROOT),
            task.baseline().isPresent()
                ? Numbers.fixed(task.baseline().getAsDouble(), 4)
                : "not measured");
    String more =
        task.columns().size() > MOST
            ? String.format(Locale.ROOT, "The first %d of %d.", MOST, task.columns().size())
            : "";
    return Charts.figure(
        title,
        Plot.svg(WIDTH, shown.size() * ROW + 4, "Importance of columns for " + task.task())
            .add(parts),
        Element.of("p", "note").text(more));
  }

  /** The end of a bar with its whisker. */
  private static double reach(Importance importance) {
    return importance.mean().orElse(0) + importance.deviation().orElse(0);
  }

  private static List<Element> bar(String name, Importance importance, Scale scale, double top) {
    double mean = importance.mean().orElse(0);
    double deviation = importance.deviation().orElse(0);
    double middle = top + ROW / 2;
    double from = Math.min(scale.at(0), scale.at(mean));
    String brief = name.length() > NAME_LENGTH ? name.substring(0, NAME_LENGTH - 1) + "…" : name;
    return List.of(
        Plot.text("tick end", NAMES - 6, middle + 4, brief).tooltip(name),
        Element.of("rect", "bar")
            .with("x", from)
            .with("y", middle - BAR / 2)
            .with("width", Math.abs(scale.at(mean) - scale.at(0)))
            .with("height", BAR)
            .tooltip(name + ": " + text(importance)),
        Plot.line(
            "axis",
            scale.at(Math.max(scale.low(), mean - deviation)),
            middle,
            scale.at(Math.min(scale.high(), mean + deviation)),
            middle),
        Plot.text("tick", WIDTH - NUMBERS + 6, middle + 4, text(importance)));
  }

  /** For example {@code 0.0312 ± 0.0011}. */
  static String text(Importance importance) {
    if (importance.mean().isEmpty()) {
      return "–";
    }
    String mean = Numbers.fixed(importance.mean().getAsDouble(), 4);
    return importance.deviation().isPresent()
        ? mean + " ± " + Numbers.fixed(importance.deviation().getAsDouble(), 4)
        : mean;
  }
}
