package io.scenerank.report;

import com.google.common.collect.ImmutableList;
import io.scenerank.report.Plot.Point;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * One value of a training over its steps.
 *
 * @param title what it is
 * @param points in ascending order of x
 */
record Curve(String title, ImmutableList<Point> points) {
  private static final double WIDTH = 360;
  private static final double HEIGHT = 190;

  /** More points than these are not told apart in a drawing of this width. */
  private static final int MOST = 160;

  /** A curve that wavers is drawn faintly, with its mean over this share of all points. */
  private static final int PARTS = 25;

  /** The value of every point of a history at which it is finite. */
  static <P> Curve of(
      String title, List<P> history, ToDoubleFunction<P> step, ToDoubleFunction<P> value) {
    return new Curve(
        title,
        history.stream()
            .filter(point -> Double.isFinite(value.applyAsDouble(point)))
            .map(
                point ->
                    new Point(
                        step.applyAsDouble(point),
                        value.applyAsDouble(point),
                        String.format(
                            "step %s: %s",
                            Numbers.count(step.applyAsDouble(point)),
                            Numbers.brief(value.applyAsDouble(point)))))
            .collect(ImmutableList.toImmutableList()));
  }

  /**
   * The drawing with its title.
   *
   * @param smooth whether the curve wavers, so that its mean is drawn too
   * @param marks steps at which an epoch ends
   */
  Element draw(boolean smooth, List<Double> marks) {
    List<Point> drawn = reduced();
    List<Point> mean = smooth ? smoothed(drawn) : drawn;
    Plot plot = plot(drawn);
    List<Element> content = new ArrayList<>();
    marks.forEach(mark -> content.add(plot.mark(mark)));
    if (smooth) {
      content.add(plot.path("curve faint", drawn));
    }
    content.add(plot.path("curve c0", mean));
    content.addAll(plot.dots("touch", 5, drawn));
    return Charts.figure(title, plot.draw(title + " by step", "step", content));
  }

  /** An area over the steps from 0 to the last of these points. */
  static Plot plot(List<Point> drawn) {
    return Plot.of(
        WIDTH,
        HEIGHT,
        new Plot.Range(0, drawn.stream().mapToDouble(Point::x).max().orElseThrow()),
        Plot.Range.around(drawn.stream().map(Point::y).toList()));
  }

  /** At most {@link #MOST} points, each the mean of its neighbours. */
  List<Point> reduced() {
    if (points.size() <= MOST) {
      return ImmutableList.copyOf(points);
    }
    ImmutableList.Builder<Point> reduced = ImmutableList.builder();
    for (int part = 0; part < MOST; part++) {
      List<Point> neighbours =
          points.subList(points.size() * part / MOST, points.size() * (part + 1) / MOST);
      double y = neighbours.stream().mapToDouble(Point::y).average().orElseThrow();
      Point last = neighbours.get(neighbours.size() - 1);
      reduced.add(
          new Point(
              last.x(),
              y,
              String.format(
                  "steps %s to %s: mean %s",
                  Numbers.count(neighbours.get(0).x()),
                  Numbers.count(last.x()),
                  Numbers.brief(y))));
    }
    return reduced.build();
  }

  private static List<Point> smoothed(List<Point> points) {
    int half = points.size() / PARTS / 2 + (points.size() > PARTS ? 1 : 0);
    List<Point> smoothed = new ArrayList<>();
    for (int i = 0; i < points.size(); i++) {
      // As many on either side, so that the ends are not drawn to the middle.
      int reach = Math.min(half, Math.min(i, points.size() - 1 - i));
      double y =
          points.subList(i - reach, i + reach + 1).stream()
              .mapToDouble(Point::y)
              .average()
              .orElseThrow();
      smoothed.add(new Point(points.get(i).x(), y, points.get(i).tooltip()));
    }
    return smoothed;
  }
}
