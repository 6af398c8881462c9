package io.scenerank.report;

import com.google.common.collect.ImmutableList;
import io.scenerank.eval.Evaluator.Calibration;
import io.scenerank.report.RunMeasurement.RunNumbers;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.function.Function;

/** The numbers that a person looks for first. */
record Summary(RunNumbers numbers) {
  Element draw() {
    List<Element> tiles = new ArrayList<>();
    if (numbers.tasks().stream().anyMatch(ReportedTask::isBinary)) {
      tiles.add(tile("AUC", ReportedTask::auc, ReportedTask::optimalAuc));
      tiles.add(tile("GAUC", ReportedTask::gauc, ReportedTask::optimalGauc));
      tiles.add(tile("log-loss", ReportedTask::logloss, ReportedTask::optimalLogloss));
      tiles.add(tile("calibration", Numbers.fixed(distance(), 4), "mean distance"));
    }
    if (!numbers.tasks().stream().allMatch(ReportedTask::isBinary)) {
      tiles.add(tile("rank correlation", task -> task.more("spearman"), task -> null));
    }
    RunNumbers.Training training = numbers.training();
    if (training != null && training.hasTime()) {
      tiles.add(
          tile("samples a second", Numbers.count(training.samplesPerSecond()), training.device()));
    }
    return Element.of("section")
        .add(Element.of("div", "tiles").add(tiles))
        .add(Tables.facts(facts()));
  }

  /** Of the binary tasks: the distances of the others are in the units of their labels. */
  private double distance() {
    List<String> others =
        numbers.tasks().stream().filter(task -> !task.isBinary()).map(ReportedTask::task).toList();
    return numbers.calibration().stream()
        .filter(task -> !others.contains(task.task()))
        .mapToDouble(Calibration::error)
        .average()
        .orElse(0);
  }

  private Element tile(
      String title, Function<ReportedTask, Double> value, Function<ReportedTask, Double> optimal) {
    OptionalDouble best = mean(optimal);
    String below =
        best.isPresent()
            ? "optimal " + Numbers.fixed(best.getAsDouble(), 4)
            : numbers.tasks().size() > 1 ? "mean over tasks" : "";
    OptionalDouble mean = mean(value);
    return tile(title, Numbers.fixed(mean.isPresent() ? mean.getAsDouble() : null, 4), below);
  }

  private OptionalDouble mean(Function<ReportedTask, Double> value) {
    return numbers.tasks().stream()
        .map(value)
        .filter(Objects::nonNull)
        .mapToDouble(Double::doubleValue)
        .average();
  }

  private static Element tile(String title, String value, String below) {
    return Element.of("div", "tile")
        .add(
            Element.of("span", "label").text(title),
            Element.of("strong").text(value),
            Element.of("span", "label").text(below));
  }

  private List<ImmutableList<String>> facts() {
    List<ImmutableList<String>> facts = new ArrayList<>();
    RunNumbers.Training training = numbers.training();
    if (training != null) {
      facts.add(ImmutableList.of("training rows", Numbers.count(training.rows())));
    }
    facts.add(ImmutableList.of("test rows", Numbers.count(numbers.testRows())));
    if (training != null) {
      facts.add(
          ImmutableList.of(
              "epochs",
              training.epochs()
                  + (training.hasTime() ? " in " + Numbers.duration(training.seconds()) : "")));
    }
    facts.add(
        ImmutableList.of("trained values", Numbers.count((double) numbers.trainableValues())));
    facts.add(ImmutableList.of("seed", Long.toString(numbers.seed())));
    facts.add(ImmutableList.of("data", numbers.data()));
    return facts;
  }
}
