package io.scenerank.report;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.report.RunMeasurement.RunNumbers;
import io.scenerank.train.log.TrainingHistory;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * The page of a run: one file of HTML that asks the network for nothing, well formed as XML.
 *
 * @param name what the run is called
 * @param numbers what it came to
 * @param history how the training went
 * @param config its configuration, as a person may write it
 */
record ReportPage(String name, RunNumbers numbers, TrainingHistory history, String config) {
  String render() {
    return render(numbers.model() + ": " + name, body());
  }

  /** A page of HTML. */
  static String render(String title, Element body) {
    StringBuilder page = new StringBuilder("<!DOCTYPE html>\n");
    Element.of("html").with("lang", "en").add(head(title), body).write(page);
    return page.append('\n').toString();
  }

  private static Element head(String title) {
    return Element.of("head")
        .add(
            Element.of("meta").with("charset", "utf-8"),
            Element.of("meta")
                .with("name", "viewport")
                .with("content", "width=device-width, initial-scale=1"),
            Element.of("title").text(title),
            Element.of("style").add(Style.read()));
  }

  private Element body() {
    return Element.of("body")
        .add(
            Element.of("header")
                .add(Element.of("h1").text(numbers.model()), Element.of("p", "note").text(name)),
            Element.of("main")
                .add(new Summary(numbers).draw())
                .add(training())
                .add(cluster())
                .add(evaluation())
                .add(gates())
                .add(configuration()));
  }

  static Element section(String title, Iterable<? extends Node> content) {
    return Element.of("section").add(Element.of("h2").text(title)).add(content);
  }

  private List<Element> training() {
    List<Element> charts = new ArrayList<>();
    charts.addAll(curve("Loss", TrainingHistory.Step::loss, true));
    charts.addAll(validation());
    charts.addAll(curve("Learning rate", TrainingHistory.Step::learningRate, false));
    charts.addAll(lossWeights());
    charts.addAll(curve("Gradient norm", TrainingHistory.Step::gradientNorm, true));
    charts.addAll(curve("Samples per second", TrainingHistory.Step::samplesPerSecond, true));
    return charts.isEmpty()
        ? List.of()
        : List.of(section("Training", List.of(Element.of("div", "charts").add(charts))));
  }

  private List<Element> cluster() {
    return history.cluster().isEmpty()
        ? List.of()
        : List.of(section("Several machines", new ClusterSection(history).draw()));
  }

  /** The drawing of a value over the steps, if the history has it. */
  private List<Element> curve(
      String title, ToDoubleFunction<TrainingHistory.Step> value, boolean smooth) {
    Curve curve = Curve.of(title, history.steps(), TrainingHistory.Step::step, value);
    return curve.points().isEmpty() ? List.of() : List.of(curve.draw(smooth, ends()));
  }

  /** The last steps of the epochs. */
  private List<Double> ends() {
    return history.epochs().stream().map(epoch -> (double) epoch.step()).toList();
  }

  /** The drawing of the learned weights of the losses, each named with its last value. */
  private List<Element> lossWeights() {
    List<TrainingHistory.Step> steps =
        history.steps().stream().filter(step -> !step.lossWeights().isEmpty()).toList();
    if (steps.isEmpty()) {
      return List.of();
    }
    ImmutableMap<String, Float> last = steps.get(steps.size() - 1).lossWeights();
    ImmutableList<Curve> curves =
        last.entrySet().stream()
            .map(
                task ->
                    Curve.of(
                        task.getKey()
                            + ", at the end "
                            + Numbers.fixed((double) task.getValue(), 4),
                        steps,
                        TrainingHistory.Step::step,
                        step -> step.lossWeights().getOrDefault(task.getKey(), Float.NaN)))
            .filter(curve -> !curve.points().isEmpty())
            .collect(ImmutableList.toImmutableList());
    return curves.isEmpty() ? List.of() : List.of(new Curves("Loss weights", curves).draw(ends()));
  }

  private List<Element> validation() {
    List<Element> charts = new ArrayList<>();
    validation("Validation AUC", "auc", charts);
    validation("Validation log-loss", "logloss", charts);
    validation("Validation RMSE", "rmse", charts);
    validation("Validation rank correlation", "spearman", charts);
    return charts;
  }

  /** Adds a drawing of the metrics whose names begin with the prefix, if the history has any. */
  private void validation(String title, String prefix, List<Element> charts) {
    List<TrainingHistory.Epoch> epochs =
        history.epochs().stream().filter(epoch -> !epoch.validation().isEmpty()).toList();
    List<String> metrics =
        epochs.stream()
            .flatMap(epoch -> epoch.validation().keySet().stream())
            .filter(value -> value.equals(prefix) || value.startsWith(prefix + "_"))
            .distinct()
            .toList();
    if (!metrics.isEmpty()) {
      charts.add(Charts.validation(title, epochs, metrics));
    }
  }

  private List<Element> evaluation() {
    return List.of(
        section("Test rows, by task", List.of(Tables.tasks(numbers.tasks()))),
        section("Test rows, by scenario and task", List.of(Tables.scenarios(numbers.scenarios()))),
        section(
            "Calibration",
            List.of(
                Element.of("p", "note")
                    .text(
                        "Test rows in the order of their scores, cut into parts of the same size:"
                            + " each dot is a part. On the dashed line, the predicted probability"
                            + " equals the observed rate"
                            + (numbers.tasks().stream().allMatch(ReportedTask::isBinary)
                                ? "."
                                : ", and the mean prediction the mean label.")),
                grid(
                    numbers.calibration(),
                    task -> Charts.calibration(task, isBinary(task.task()))))));
  }

  private boolean isBinary(String task) {
    return numbers.tasks().stream()
        .filter(reported -> reported.task().equals(task))
        .allMatch(ReportedTask::isBinary);
  }

  private static <T> Element grid(List<T> things, Function<T, Element> draw) {
    return Element.of("div", "charts").add(things.stream().map(draw).toList());
  }

  private List<Element> gates() {
    if (numbers.gates().isEmpty()) {
      return List.of();
    }
    int rows = numbers.gates().get(0).scenarios().stream().mapToInt(GateMap.Scenario::rows).sum();
    return List.of(
        section(
            "Effect of the gates by scenario",
            List.of(
                Element.of("p", "note")
                    .text(
                        "Means over "
                            + Numbers.count(rows)
                            + " test rows, drawn at random, up to the same number from each"
                            + " scenario."),
                Element.of("div", "maps")
                    .add(numbers.gates().stream().map(map -> new HeatMap(map).draw()).toList()))));
  }

  private Element configuration() {
    List<ImmutableList<String>> versions = new ArrayList<>();
    numbers
        .versions()
        .forEach((program, version) -> versions.add(ImmutableList.of(program, version)));
    return section(
        "Configuration",
        List.of(
            Tables.facts(versions),
            Element.of("details")
                .add(Element.of("summary").text("config.yaml"))
                .add(Element.of("pre", "scroll").with("tabindex", "0").text(config))));
  }
}
