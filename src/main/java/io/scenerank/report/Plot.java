package io.scenerank.report;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.List;

/**
 * An area with two axes in SVG.
 *
 * @param width of the whole drawing
 * @param height of the whole drawing
 */
record Plot(double width, double height, Scale x, Scale y) {
  /** Room for the labels of the rising axis. */
  static final double LEFT = 48;

  private static final double RIGHT = 12;
  private static final double TOP = 10;
  private static final double BOTTOM = 34;

  /** Room between the ends of the axis and the first and last of counted things. */
  private static final double INSET = 16;

  private static final int TICKS = 4;

  /** An area over these numbers. */
  static Plot of(double width, double height, Range x, Range y) {
    return new Plot(
        width,
        height,
        Scale.over(x.low(), x.high(), LEFT, width - RIGHT, TICKS),
        Scale.over(y.low(), y.high(), height - BOTTOM, TOP, TICKS));
  }

  /** An area over counted things, from the first one on. */
  static Plot counted(double width, double height, int count, Range y) {
    return new Plot(
        width,
        height,
        Scale.whole(1, Math.max(2, count), LEFT + INSET, width - RIGHT - INSET, TICKS),
        Scale.over(y.low(), y.high(), height - BOTTOM, TOP, TICKS));
  }

  /** Numbers from one to another. */
  record Range(double low, double high) {
    /** From the least to the greatest, with a little air at both ends. */
    static Range around(List<Double> numbers) {
      double low = numbers.stream().mapToDouble(Double::doubleValue).min().orElse(0);
      double high = numbers.stream().mapToDouble(Double::doubleValue).max().orElse(1);
      double air = (high - low) * 0.06;
      return new Range(low >= 0 ? Math.max(0, low - air) : low - air, high + air);
    }
  }

  /** A point of the numbers, with what is said of it. */
  record Point(double x, double y, String tooltip) {}

  /**
   * The drawing: grid, labels, then what is drawn in the area.
   *
   * @param label what the drawing shows, for those who do not see it
   * @param xTitle what the level axis counts
   */
  Element draw(String label, String xTitle, List<Element> content) {
    List<Element> parts = new ArrayList<>();
    for (double tick : y.ticks()) {
      parts.add(line("grid", LEFT, y.at(tick), width - RIGHT, y.at(tick)));
      parts.add(text("tick end", LEFT - 6, y.at(tick) + 4, y.label(tick)));
    }
    double floor = height - BOTTOM;
    parts.add(line("axis", LEFT, floor, width - RIGHT, floor));
    for (double tick : x.ticks()) {
      parts.add(text("tick middle", x.at(tick), floor + 15, x.label(tick)));
    }
    parts.add(text("tick middle", (LEFT + width - RIGHT) / 2, height - 4, xTitle));
    return svg(width, height, label).add(parts).add(content);
  }

  /** A vertical line over the whole area. */
  Element mark(double number) {
    return line("mark", x.at(number), y.end(), x.at(number), y.start());
  }

  /** A straight line between two points of the numbers. */
  Element segment(String cssClass, double x1, double y1, double x2, double y2) {
    return line(cssClass, x.at(x1), y.at(y1), x.at(x2), y.at(y2));
  }

  /** A line through points of the numbers. */
  Element path(String cssClass, List<Point> points) {
    StringBuilder places = new StringBuilder();
    for (Point point : points) {
      places
          .append(places.isEmpty() ? "" : " ")
          .append(Numbers.coordinate(x.at(point.x())))
          .append(',')
          .append(Numbers.coordinate(y.at(point.y())));
    }
    return Element.of("polyline", cssClass).with("points", places.toString());
  }

  /** A dot for every point, with its tooltip. */
  ImmutableList<Element> dots(String cssClass, double radius, List<Point> points) {
    return points.stream()
        .map(
            point ->
                Element.of("circle", cssClass)
                    .with("cx", x.at(point.x()))
                    .with("cy", y.at(point.y()))
                    .with("r", radius)
                    .tooltip(point.tooltip()))
        .collect(ImmutableList.toImmutableList());
  }

  static Element svg(double width, double height, String label) {
    return Element.of("svg")
        .with("viewBox", "0 0 " + Numbers.coordinate(width) + " " + Numbers.coordinate(height))
        .with("role", "img")
        .with("aria-label", label);
  }

  static Element line(String cssClass, double x1, double y1, double x2, double y2) {
    return Element.of("line", cssClass).with("x1", x1).with("y1", y1).with("x2", x2).with("y2", y2);
  }

  static Element text(String cssClass, double x, double y, String text) {
    return Element.of("text", cssClass).with("x", x).with("y", y).text(text);
  }
}
