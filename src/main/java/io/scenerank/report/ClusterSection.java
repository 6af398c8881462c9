package io.scenerank.report;

import com.google.common.collect.ImmutableList;
import io.scenerank.train.TrainingListener.ClusterMetrics;
import io.scenerank.train.log.TrainingHistory;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What several machines did in a training.
 *
 * @param history one with metrics of a cluster
 */
record ClusterSection(TrainingHistory history) {

  List<Element> draw() {
    List<Element> charts = new ArrayList<>();
    charts.addAll(drawing("Samples per second, by worker", workers()));
    if (stale()) {
      charts.addAll(
          drawing(
              "Staleness, in updates",
              Stream.of(
                  curve("mean", ClusterMetrics::meanStaleness),
                  curve("most", ClusterMetrics::maxStaleness))));
    }
    charts.addAll(
        drawing(
            "Bytes per step of a worker",
            Stream.of(curve("without the messages' envelope", ClusterMetrics::bytesPerStep))));
    return List.of(Tables.facts(facts()), Element.of("div", "charts").add(charts));
  }

  /** The drawing of curves, where any has a point. */
  private List<Element> drawing(String title, Stream<Curve> curves) {
    ImmutableList<Curve> told =
        curves.filter(curve -> !curve.points().isEmpty()).collect(ImmutableList.toImmutableList());
    return told.isEmpty() ? List.of() : List.of(new Curves(title, told).draw(ends()));
  }

  private List<Double> ends() {
    return history.epochs().stream()
        .map(TrainingHistory.Epoch::step)
        .map(Integer::doubleValue)
        .toList();
  }

  private Curve curve(String title, ToDoubleFunction<ClusterMetrics> value) {
    return Curve.of(title, history.cluster(), ClusterMetrics::step, value);
  }

  /** All workers of the history; a training may resume with more or fewer of them. */
  private Stream<Curve> workers() {
    int count =
        history.cluster().stream()
            .flatMap(metrics -> metrics.workers().stream())
            .mapToInt(worker -> worker.index() + 1)
            .max()
            .orElse(0);
    return IntStream.range(0, count)
        .mapToObj(index -> curve("worker " + index, metrics -> samplesPerSecond(metrics, index)));
  }

  /** Not a number where there was no such worker, and of such a point there is none. */
  private static double samplesPerSecond(ClusterMetrics metrics, int index) {
    return metrics.workers().stream()
        .filter(worker -> worker.index() == index)
        .mapToDouble(ClusterMetrics.Worker::samplesPerSecond)
        .findFirst()
        .orElse(Double.NaN);
  }

  private boolean stale() {
    return history.cluster().stream().anyMatch(metrics -> metrics.maxStaleness() > 0);
  }

  private List<ImmutableList<String>> facts() {
    List<ImmutableList<String>> facts = new ArrayList<>();
    facts.add(ImmutableList.of("workers at the end", presence()));
    facts.add(
        ImmutableList.of(
            "samples a second", Numbers.count(mean(ClusterMetrics::samplesPerSecond))));
    if (stale()) {
      int most = history.cluster().stream().mapToInt(ClusterMetrics::maxStaleness).max().orElse(0);
      facts.add(
          ImmutableList.of(
              "staleness",
              Numbers.brief(mean(ClusterMetrics::meanStaleness)) + ", at most " + most));
    }
    facts.add(
        ImmutableList.of("bytes per step", Numbers.brief(mean(ClusterMetrics::bytesPerStep))));
    return facts;
  }

  private String presence() {
    ClusterMetrics last = history.cluster().get(history.cluster().size() - 1);
    return last.presentWorkers() + " of " + last.workers().size();
  }

  private double mean(ToDoubleFunction<ClusterMetrics> value) {
    return history.cluster().stream().mapToDouble(value).average().orElseThrow();
  }
}
