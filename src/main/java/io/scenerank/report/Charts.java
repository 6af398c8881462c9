package io.scenerank.report;

import static java.util.Objects.requireNonNull;

import io.scenerank.eval.Evaluator.Calibration;
import io.scenerank.report.Plot.Point;
import io.scenerank.train.log.TrainingHistory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** Drawings of an evaluation and of the validation. */
final class Charts {
  /** Colours that people tell apart, whichever they see; a seventh line begins again. */
  private static final int COLOURS = 6;

  private static final double WIDTH = 360;
  private static final double HEIGHT = 190;
  private static final double CALIBRATION_HEIGHT = 344;

  private Charts() {}

  /** A drawing with its title. */
  static Element figure(String title, Element... content) {
    return Element.of("figure").add(Element.of("figcaption").text(title)).add(content);
  }

  /**
   * Metrics of the validation rows by epoch.
   *
   * @param metrics their names, as in the history
   */
  static Element validation(
      String title, List<TrainingHistory.Epoch> epochs, List<String> metrics) {
    List<List<Point>> lines =
        metrics.stream()
            .map(
                metric ->
                    epochs.stream()
                        .filter(epoch -> epoch.validation().containsKey(metric))
                        .map(epoch -> point(epoch, metric))
                        .toList())
            .toList();
    List<Point> all = lines.stream().flatMap(List::stream).toList();
    Plot plot =
        Plot.counted(
            WIDTH,
            HEIGHT,
            epochs.get(epochs.size() - 1).epoch(),
            Plot.Range.around(all.stream().map(Point::y).toList()));
    List<Element> content = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      content.add(plot.path("curve " + colour(i), lines.get(i)));
      content.addAll(plot.dots("dot " + colour(i), 3.5, lines.get(i)));
    }
    return figure(title, plot.draw(title + " by epoch", "epoch", content), legend(metrics));
  }

  private static Point point(TrainingHistory.Epoch epoch, String metric) {
    double value = requireNonNull(epoch.validation().get(metric), metric);
    return new Point(
        epoch.epoch(),
        value,
        String.format(Locale.ROOT, "epoch %d, %s: %.4f", epoch.epoch(), metric, value));
  }

  /** The class of the colour of a line. */
  static String colour(int line) {
    return "c" + line % COLOURS;
  }

  /** Which line is which. */
  static Element legend(List<String> names) {
    return Element.of("ul", "legend")
        .add(
            IntStream.range(0, names.size())
                .mapToObj(
                    i ->
                        Element.of("li")
                            .add(Element.of("span", "swatch " + colour(i)))
                            .text(names.get(i)))
                .toList());
  }

  /**
   * Predicted against observed, with the line where both are the same.
   *
   * @param isBinary whether the task predicts a probability
   */
  static Element calibration(Calibration task, boolean isBinary) {
    String observed = isBinary ? "observed rate" : "mean label";
    String predicted = isBinary ? "predicted probability" : "mean prediction";
    List<Point> points =
        task.bins().stream()
            .map(
                bin ->
                    new Point(
                        bin.predicted(),
                        bin.observed(),
                        String.format(
                            Locale.ROOT,
                            "%,d rows: predicted %.4f, observed %.4f",
                            bin.rows(),
                            bin.predicted(),
                            bin.observed())))
            .toList();
    double most =
        points.stream().mapToDouble(point -> Math.max(point.x(), point.y())).max().orElse(1);
    double least =
        points.stream().mapToDouble(point -> Math.min(point.x(), point.y())).min().orElse(0);
    Plot.Range range =
        new Plot.Range(
            isBinary ? 0 : Math.min(0, least * 1.05), most > 0 ? most * 1.05 : isBinary ? 1 : 0);
    Plot plot = Plot.of(WIDTH, CALIBRATION_HEIGHT, range, range);
    List<Element> content = new ArrayList<>();
    content.add(Plot.text("tick", Plot.LEFT + 6, 20, observed));
    content.add(plot.segment("diagonal", range.low(), range.low(), range.high(), range.high()));
    content.add(plot.path("curve c0", points));
    content.addAll(plot.dots("dot c0", 4, points));
    return figure(
        String.format(Locale.ROOT, "%s, mean distance %.4f", task.task(), task.error()),
        plot.draw(
            String.format(
                "%s by %s of %s",
                isBinary ? "Observed rate" : "Mean label", predicted, task.task()),
            predicted,
            content));
  }
}
