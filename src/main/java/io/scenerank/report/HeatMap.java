package io.scenerank.report;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * A gate's means as a table whose cells are coloured: a row for each part, a column for each
 * scenario. A table and not a drawing, so that long names wrap, numbers can be copied and a reader
 * can be read out.
 */
final class HeatMap {
  /** More scenarios than these are not shown, the largest are. */
  static final int MOST_SCENARIOS = 30;

  /** More parts than these are folded away, those that change most with the scenario first. */
  private static final int MOST_PARTS = 16;

  private final GateMap map;
  private final ImmutableList<Integer> scenarios;
  private final ImmutableList<Integer> parts;
  private final HeatColours colours;
  private final int decimals;

  HeatMap(GateMap map) {
    this.map = map;
    this.scenarios =
        IntStream.range(0, map.scenarios().size())
            .boxed()
            .sorted(Comparator.comparingInt(i -> -map.scenarios().get(i).rows()))
            .limit(MOST_SCENARIOS)
            .sorted()
            .collect(ImmutableList.toImmutableList());
    boolean many = map.parts().size() > MOST_PARTS;
    this.parts =
        IntStream.range(0, map.parts().size())
            .boxed()
            .sorted(Comparator.comparingDouble(i -> many ? -spread(i) : 0))
            .collect(ImmutableList.toImmutableList());
    this.colours = HeatColours.of(map);
    this.decimals = parts.stream().mapToDouble(this::spread).max().orElse(0) < 0.1 ? 3 : 2;
  }

  /** How far the scenarios' means of a part are apart. */
  private double spread(int part) {
    List<Double> means = scenarios.stream().map(map.means().get(part)::get).toList();
    return means.stream().mapToDouble(Double::doubleValue).max().orElse(0)
        - means.stream().mapToDouble(Double::doubleValue).min().orElse(0);
  }

  Element draw() {
    List<Integer> shown = parts.subList(0, Math.min(MOST_PARTS, parts.size()));
    List<Integer> folded = parts.subList(shown.size(), parts.size());
    List<Node> content = new ArrayList<>();
    content.add(Element.of("figcaption").text(map.about()));
    content.add(Element.of("p", "note").text(note()));
    content.add(colours.legend());
    content.add(Tables.scrolling(table(shown)));
    if (!folded.isEmpty()) {
      content.add(
          Element.of("details")
              .add(
                  Element.of("summary")
                      .text(String.format(Locale.ROOT, "%d that change less", folded.size())))
              .add(Tables.scrolling(table(folded))));
    }
    return Element.of("figure", "wide").add(content);
  }

  private String note() {
    String rows =
        map.scenarios().size() > scenarios.size()
            ? String.format(
                Locale.ROOT,
                " The %d largest of %d scenarios.",
                scenarios.size(),
                map.scenarios().size())
            : "";
    String order =
        map.parts().size() > MOST_PARTS
            ? " Columns that change most with the scenario are first."
            : "";
    return colours.meaning() + order + rows;
  }

  private Element table(List<Integer> rows) {
    Element header = Element.of("tr").add(Element.of("th").text(""));
    header =
        header.add(
            scenarios.stream()
                .map(map.scenarios()::get)
                .map(
                    scenario ->
                        Element.of("th")
                            .with(
                                "title",
                                String.format(
                                    Locale.ROOT, "%s: %,d rows", scenario.name(), scenario.rows()))
                            .text(scenario.name()))
                .toList());
    return Element.of("table", "heat")
        .add(Element.of("thead").add(header))
        .add(Element.of("tbody").add(rows.stream().map(this::row).toList()));
  }

  private Element row(int part) {
    return Element.of("tr")
        .add(Element.of("th").text(map.parts().get(part)))
        .add(scenarios.stream().map(scenario -> cell(part, scenario)).toList());
  }

  private Element cell(int part, int scenario) {
    double mean = map.means().get(part).get(scenario);
    return Element.of("td", colours.of(part, mean))
        .with(
            "title",
            String.format(
                "%s, %s: %s",
                map.parts().get(part),
                map.scenarios().get(scenario).name(),
                Numbers.plain(mean, 4)))
        .text(Numbers.fixed(mean, decimals));
  }
}
