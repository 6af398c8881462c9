package io.scenerank.report;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.scenerank.report.Plot.Point;
import io.scenerank.report.RunReportFiles.DayMetrics;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The page of a training by days: one file of HTML that asks the network for nothing, well formed
 * as XML.
 *
 * @param name what the days are called
 * @param data where their data sets are
 */
record DaysPage(String name, String data, ImmutableList<DayMetrics> days) {
  private static final double WIDTH = 360;
  private static final double HEIGHT = 190;
  private static final ImmutableList<String> LINES =
      ImmutableList.of("new rows, before they are trained on", "test rows, after the day");

  String render() {
    return ReportPage.render(
        "Days: " + name,
        Element.of("body")
            .add(
                Element.of("header").add(Element.of("h1").text("Training by days"), note(name)),
                Element.of("main").add(curves(), table(), about())));
  }

  private static Element note(String text) {
    return Element.of("p", "note").text(text);
  }

  private ImmutableSet<String> metrics() {
    return days.stream()
        .flatMap(
            day -> Stream.concat(day.before().keySet().stream(), day.after().keySet().stream()))
        .collect(ImmutableSet.toImmutableSet());
  }

  private Element curves() {
    return ReportPage.section(
        "By day",
        List.of(
            note(
                "Each day's rows are scored with the model of the day before, which has not seen"
                    + " them, and then trained on (progressive validation)."),
            Element.of("div", "charts").add(metrics().stream().map(this::curve).toList())));
  }

  private Element curve(String metric) {
    List<List<Point>> lines =
        List.of(points(metric, DayMetrics::before), points(metric, DayMetrics::after));
    Plot plot =
        Plot.counted(
            WIDTH,
            HEIGHT,
            days.size(),
            Plot.Range.around(lines.stream().flatMap(List::stream).map(Point::y).toList()));
    List<Element> content = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      content.add(plot.path("curve " + Charts.colour(i), lines.get(i)));
      content.addAll(plot.dots("dot " + Charts.colour(i), 3.5, lines.get(i)));
    }
    return Charts.figure(
        metric, plot.draw(metric + " by day", "day", content), Charts.legend(LINES));
  }

  private List<Point> points(
      String metric, Function<DayMetrics, ImmutableMap<String, Double>> metrics) {
    List<Point> points = new ArrayList<>();
    for (int i = 0; i < days.size(); i++) {
      Double value = metrics.apply(days.get(i)).get(metric);
      if (value != null) {
        points.add(
            new Point(
                i + 1, value, String.format(Locale.ROOT, "%s: %.4f", days.get(i).day(), value)));
      }
    }
    return points;
  }

  private Element table() {
    ImmutableSet<String> metrics = metrics();
    Element header = Element.of("tr").add(title("day"), title("version"), title("new rows"));
    header = header.add(metrics.stream().map(DaysPage::title).toList());
    header = header.add(metrics.stream().map(metric -> title("test " + metric)).toList());
    List<Element> rows = new ArrayList<>();
    for (DayMetrics day : days) {
      rows.add(
          Element.of("tr")
              .add(title(day.day()), cell(Numbers.count(day.version())))
              .add(cell(Numbers.count(day.rows())))
              .add(metrics.stream().map(metric -> number(day.before().get(metric))).toList())
              .add(metrics.stream().map(metric -> number(day.after().get(metric))).toList()));
    }
    return ReportPage.section(
        "Metrics",
        List.of(
            Tables.scrolling(
                Element.of("table")
                    .add(Element.of("thead").add(header), Element.of("tbody").add(rows)))));
  }

  private static Element title(String text) {
    return Element.of("th").text(text);
  }

  private static Element cell(String text) {
    return Element.of("td").text(text);
  }

  private static Element number(@Nullable Double value) {
    return cell(Numbers.fixed(value, 4));
  }

  private Element about() {
    return ReportPage.section(
        "Data",
        List.of(
            Tables.facts(
                List.of(
                    ImmutableList.of("days", Numbers.count(days.size())),
                    ImmutableList.of("data", data)))));
  }
}
