package io.scenerank.report;

import com.google.common.collect.ImmutableList;
import io.scenerank.report.Plot.Point;
import java.util.ArrayList;
import java.util.List;

/**
 * Several values of a training over its steps, in one drawing.
 *
 * @param title what they are
 * @param curves at least one, each with a point or more; the legend shows their titles
 */
record Curves(String title, ImmutableList<Curve> curves) {

  /**
   * The drawing with its title.
   *
   * @param marks steps at which an epoch ends
   */
  Element draw(List<Double> marks) {
    List<List<Point>> lines = curves.stream().map(Curve::reduced).toList();
    Plot plot = Curve.plot(lines.stream().flatMap(List::stream).toList());
    List<Element> content = new ArrayList<>();
    marks.forEach(mark -> content.add(plot.mark(mark)));
    for (int i = 0; i < lines.size(); i++) {
      content.add(plot.path("curve " + Charts.colour(i), lines.get(i)));
      content.addAll(plot.dots("touch", 5, lines.get(i)));
    }
    return Charts.figure(
        title,
        plot.draw(title + " by step", "step", content),
        Charts.legend(curves.stream().map(Curve::title).toList()));
  }
}
