package io.scenerank.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.config.ConfigMapper;
import io.scenerank.eval.Evaluator.Calibration;
import io.scenerank.feature.Targets.TaskType;
import io.scenerank.model.Observations.Gate;
import io.scenerank.report.RunMeasurement.RunNumbers;
import io.scenerank.train.TrainingListener.ClusterMetrics;
import io.scenerank.train.log.TrainingHistory;
import java.util.List;
import java.util.Optional;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/** The page: its contents, and that no name breaks it. */
class ReportPageTest {
  private static final String EVIL = "</td><script>alert('x')</script> & \"首页\" \u0000";
  private static final ImmutableList<String> SCENES = ImmutableList.of("home", EVIL);

  private static ReportedTask metrics(String task, int rows, Double optimal) {
    return new ReportedTask(task, rows, 0.25, 0.71234, optimal, null, null, 0.5, optimal);
  }

  private static GateMap gate(Gate.Kind kind, List<List<Double>> means) {
    return new GateMap(
        "gate/" + kind,
        "what " + EVIL,
        kind,
        IntStream.range(0, means.size())
            .mapToObj(i -> "part " + i)
            .collect(ImmutableList.toImmutableList()),
        SCENES.stream()
            .map(name -> new GateMap.Scenario(name, 100))
            .collect(ImmutableList.toImmutableList()),
        means.stream().map(ImmutableList::copyOf).collect(ImmutableList.toImmutableList()));
  }

  static RunNumbers numbers(Double optimal, GateMap... gates) {
    ImmutableList<ReportedTask> tasks =
        ImmutableList.of(metrics("click", 1200, optimal), metrics("<like>", 1200, optimal));
    return new RunNumbers(
        "pepnet",
        7,
        "data/" + EVIL,
        1200,
        3_440_192,
        new RunNumbers.Training(16_000, 2, 75, 12_345.6, "cpu", 1),
        ImmutableMap.of("TensorFlow", "2.18.0"),
        tasks,
        SCENES.stream()
            .map(name -> new ReportedScenario(name, 600, tasks))
            .collect(ImmutableList.toImmutableList()),
        ImmutableList.of(
            new Calibration(
                EVIL,
                ImmutableList.of(
                    new Calibration.Bin(600, 0.1, 0.2), new Calibration.Bin(600, 0.3, 0.25))),
            new Calibration("none", ImmutableList.of())),
        ImmutableList.copyOf(gates));
  }

  static TrainingHistory history(int steps) {
    return new TrainingHistory(
        IntStream.rangeClosed(1, steps)
            .mapToObj(i -> new TrainingHistory.Step(1, i * 10, 1.0 / i, 0.01, 5000 + i, 0.5))
            .collect(ImmutableList.toImmutableList()),
        ImmutableList.of(
            new TrainingHistory.Epoch(
                1, steps * 10, 0.5, 5000, ImmutableMap.of("auc_" + EVIL, 0.7, "auc_macro", 0.6))),
        ImmutableList.of());
  }

  static Document page(RunNumbers numbers, TrainingHistory history) {
    String html =
        new ReportPage("run " + EVIL, numbers, history, "model: pepnet # " + EVIL).render();
    assertThat(html)
        .startsWith("<!DOCTYPE html>\n")
        .doesNotContain("http")
        .doesNotContain("<script");
    assertThat(html).doesNotContain("url(").doesNotContain("src=").doesNotContain("NaN");
    return Xml.parse(html);
  }

  private static List<String> cells(Element row) {
    return Xml.texts(row, "td");
  }

  @Test
  void numbersHaveTheirOwnColumns() {
    RunNumbers clicks = numbers(null);
    ReportedTask seconds =
        new ReportedTask(
            "seconds",
            1200,
            7.5,
            null,
            null,
            null,
            null,
            null,
            null,
            TaskType.REGRESSION,
            ImmutableMap.of("rmse", 3.25, "spearman", 0.5, "labelled", 1100.0));
    Document mixed = page(with(clicks, clicks.tasks().get(0), seconds), history(0));
    List<Element> tables = Xml.all(mixed, "table");
    assertThat(Xml.texts((Element) tables.get(0).getElementsByTagName("thead").item(0), "th"))
        .containsExactly(
            "task",
            "rows",
            "label mean",
            "AUC",
            "GAUC",
            "log-loss",
            "rmse",
            "spearman",
            "labelled");
    assertThat(cells(tables.get(0)))
        .containsSequence("1,200", "7.5000", "–", "–", "–", "3.2500", "0.5000", "1,100");
    Document alone = page(with(clicks, seconds), history(0));
    assertThat(Xml.texts(Xml.all(alone, "table").get(0), "th"))
        .containsExactly("task", "rows", "label mean", "rmse", "spearman", "labelled", "seconds");
    assertThat(alone.getDocumentElement().getTextContent())
        .contains("rank correlation", "mean prediction")
        .doesNotContain("log-loss");
    RunNumbers again =
        new ConfigMapper()
            .convert(
                new ConfigMapper().parse(new ConfigMapper().toJson(with(clicks, seconds)), "test"),
                RunNumbers.class,
                "test");
    assertThat(again).isEqualTo(with(clicks, seconds));
  }

  private static RunNumbers with(RunNumbers numbers, ReportedTask... tasks) {
    return new RunNumbers(
        numbers.model(),
        numbers.seed(),
        numbers.data(),
        numbers.testRows(),
        numbers.trainableValues(),
        numbers.training(),
        numbers.versions(),
        ImmutableList.copyOf(tasks),
        ImmutableList.of(),
        ImmutableList.of(
            new Calibration(
                "seconds",
                ImmutableList.of(new Calibration.Bin(600, -1, 2), new Calibration.Bin(500, 3, 3)))),
        ImmutableList.of());
  }

  @Test
  void theTablesShowTheMetrics() {
    Document page =
        page(numbers(0.8, gate(Gate.Kind.FACTOR, List.of(List.of(1.5, 0.5)))), history(3));
    List<Element> tables = Xml.all(page, "table");
    assertThat(Xml.texts((Element) tables.get(0).getElementsByTagName("thead").item(0), "th"))
        .containsExactly(
            "task",
            "rows",
            "base rate",
            "AUC",
            "optimal",
            "GAUC",
            "optimal",
            "log-loss",
            "optimal");
    assertThat(cells(tables.get(0)))
        .containsExactly(
            "1,200", "0.2500", "0.7123", "0.8000", "–", "–", "0.5000", "0.8000", "1,200", "0.2500",
            "0.7123", "0.8000", "–", "–", "0.5000", "0.8000");
    assertThat(tables.get(1).getElementsByTagName("tr").getLength()).isEqualTo(1 + 4);
    assertThat(Xml.texts(tables.get(1), "th"))
        .as("unchanged names, except for what XML cannot hold")
        .contains(EVIL.replace('\u0000', '\uFFFD'));
    assertThat(cells(tables.get(2))).containsExactly("1.50", "0.50");
    assertThat(page.getDocumentElement().getTextContent())
        .contains("3,440,192", "2 in 1 min 15 s", "12,346", "TensorFlow", "optimal 0.8000");
  }

  @Test
  void whatIsNotKnownHasNoPlace() {
    RunNumbers numbers = numbers(null).withTraining(Optional.empty());
    Document page = page(numbers, TrainingHistory.NONE);
    assertThat(Xml.texts(page.getDocumentElement(), "h2"))
        .containsExactly(
            "Test rows, by task",
            "Test rows, by scenario and task",
            "Calibration",
            "Configuration");
    assertThat(page.getDocumentElement().getTextContent()).doesNotContain("optimal 0");
    assertThat(Xml.texts(Xml.all(page, "thead").get(0), "th"))
        .containsExactly("task", "rows", "base rate", "AUC", "GAUC", "log-loss");
  }

  @Test
  void curvesHaveAPointForEveryPointOfTheHistoryUpToWhatIsTold() {
    assertThat(touched(history(3))).isEqualTo(3);
    assertThat(touched(history(160))).isEqualTo(160);
    assertThat(touched(history(4321))).as("means of neighbours").isEqualTo(160);
    assertThat(touched(history(1))).isEqualTo(1);
  }

  @Test
  void aGradientThatIsNotFiniteIsLeftOut() {
    TrainingHistory history =
        new TrainingHistory(
            ImmutableList.of(
                new TrainingHistory.Step(1, 10, 0.5, 0.1, 100, Double.POSITIVE_INFINITY),
                new TrainingHistory.Step(1, 20, 0.5, 0.1, 100, Double.NaN)),
            ImmutableList.of(),
            ImmutableList.of());
    assertThat(Xml.texts(page(numbers(null), history).getDocumentElement(), "figcaption"))
        .contains("Loss", "Learning rate", "Samples per second")
        .doesNotContain("Gradient norm");
  }

  private static ClusterMetrics cluster(int step, int staleness, double... samplesPerSecond) {
    return new ClusterMetrics(
        step,
        DoubleStream.of(samplesPerSecond).sum(),
        IntStream.range(0, samplesPerSecond.length)
            .mapToObj(
                i -> new ClusterMetrics.Worker(i, samplesPerSecond[i], samplesPerSecond[i] > 0))
            .collect(ImmutableList.toImmutableList()),
        staleness / 2.0,
        staleness,
        1_500_000);
  }

  static Document page(ClusterMetrics... metrics) {
    TrainingHistory alone = history(3);
    return page(
        numbers(null),
        new TrainingHistory(alone.steps(), alone.epochs(), ImmutableList.copyOf(metrics)));
  }

  @Test
  void severalMachinesHaveASection() {
    // The training continued with a third worker, and then lost one.
    Document page =
        page(cluster(10, 1, 500, 400), cluster(20, 3, 500, 400, 300), cluster(30, 2, 0, 400, 300));
    assertThat(Xml.texts(page.getDocumentElement(), "h2")).contains("Several machines");
    assertThat(Xml.texts(page.getDocumentElement(), "figcaption"))
        .contains(
            "Samples per second, by worker", "Staleness, in updates", "Bytes per step of a worker");
    Element workers = drawing(page, "Samples per second, by worker by step");
    assertThat(workers.getElementsByTagName("polyline").getLength()).isEqualTo(3);
    assertThat(Xml.texts(workers, "title"))
        .containsExactly(
            "step 10: 500",
            "step 20: 500",
            "step 30: 0",
            "step 10: 400",
            "step 20: 400",
            "step 30: 400",
            "step 20: 300",
            "step 30: 300");
    assertThat(Xml.texts(page.getDocumentElement(), "li"))
        .contains("worker 0", "worker 1", "worker 2", "mean", "most");
    assertThat(page.getDocumentElement().getTextContent())
        .contains("workers at the end2 of 3", "staleness1, at most 3", "bytes per step1.5M");
  }

  @Test
  void whereNothingIsStaleNothingIsSaidOfIt() {
    Document page = page(cluster(10, 0, 500, 400), cluster(20, 0, 500, 400));
    assertThat(Xml.texts(page.getDocumentElement(), "figcaption"))
        .contains("Samples per second, by worker")
        .doesNotContain("Staleness, in updates");
    assertThat(page.getDocumentElement().getTextContent()).doesNotContain("staleness");
  }

  @Test
  void oneProcessHasNoSectionOfSeveral() {
    assertThat(Xml.texts(page(numbers(null), history(3)).getDocumentElement(), "h2"))
        .doesNotContain("Several machines");
  }

  private static Element drawing(Document page, String label) {
    return Xml.all(page, "svg").stream()
        .filter(svg -> svg.getAttribute("aria-label").equals(label))
        .findFirst()
        .orElseThrow();
  }

  /** Points of the first drawing, the loss. */
  private static int touched(TrainingHistory history) {
    Element loss = Xml.all(page(numbers(null), history), "svg").get(0);
    assertThat(loss.getAttribute("aria-label")).isEqualTo("Loss by step");
    return loss.getElementsByTagName("circle").getLength();
  }

  @Test
  void everyPointTellsItsNumbers() {
    Document page = page(numbers(null), history(3));
    assertThat(Xml.texts(Xml.all(page, "svg").get(0), "title"))
        .containsExactly("step 10: 1", "step 20: 0.5", "step 30: 0.333");
    Element calibration =
        Xml.all(page, "svg").stream()
            .filter(svg -> svg.getAttribute("aria-label").startsWith("Observed"))
            .findFirst()
            .orElseThrow();
    assertThat(Xml.texts(calibration, "title"))
        .containsExactly(
            "600 rows: predicted 0.1000, observed 0.2000",
            "600 rows: predicted 0.3000, observed 0.2500");
  }

  /** The classes of the cells of the only map, row by row. */
  private static List<String> colours(GateMap map) {
    Element table = Xml.all(page(numbers(null, map), TrainingHistory.NONE), "table").get(2);
    return IntStream.range(0, table.getElementsByTagName("td").getLength())
        .mapToObj(i -> ((Element) table.getElementsByTagName("td").item(i)).getAttribute("class"))
        .toList();
  }

  @Test
  void coloursLeadAwayFromWhatChangesNothing() {
    assertThat(colours(gate(Gate.Kind.FACTOR, List.of(List.of(2.0, 0.0), List.of(1.0, 1.26)))))
        .containsExactly("d8", "d0", "d4", "d5");
    assertThat(colours(gate(Gate.Kind.FACTOR, List.of(List.of(1.01, 0.99)))))
        .as("small differences look small")
        .containsExactly("d4", "d4");
    assertThat(colours(gate(Gate.Kind.WEIGHT, List.of(List.of(-4.0, 2.0), List.of(0.0, 4.0)))))
        .containsExactly("d0", "d6", "d4", "d8");
    assertThat(colours(gate(Gate.Kind.SHARE, List.of(List.of(0.2, 0.8), List.of(0.8, 0.0)))))
        .containsExactly("s2", "s6", "s6", "s0");
    assertThat(colours(gate(Gate.Kind.SIZE, List.of(List.of(3.0, 1.0), List.of(20.0, 20.0)))))
        .as("each row by its own mean")
        .containsExactly("d8", "d0", "d4", "d4");
    assertThat(colours(gate(Gate.Kind.SHARE, List.of(List.of(0.0, 0.0)))))
        .containsExactly("s0", "s0");
  }

  @Test
  void manyPartsAreFoldedAndThoseThatChangeMostComeFirst() {
    List<List<Double>> means =
        IntStream.range(0, 40).mapToObj(i -> List.of(1.0, 1.0 + i / 100.0)).toList();
    Document page = page(numbers(null, gate(Gate.Kind.FACTOR, means)), TrainingHistory.NONE);
    List<Element> tables = Xml.all(page, "table");
    assertThat(Xml.texts((Element) tables.get(2).getElementsByTagName("tbody").item(0), "th"))
        .hasSize(16)
        .startsWith("part 39", "part 38");
    assertThat(Xml.texts(page.getDocumentElement(), "summary")).contains("24 that change less");
  }

  @Test
  void ofManyScenariosTheLargestAreShown() {
    int count = 45;
    GateMap map =
        new GateMap(
            "gate",
            "about",
            Gate.Kind.FACTOR,
            ImmutableList.of("part"),
            IntStream.range(0, count)
                .mapToObj(i -> new GateMap.Scenario("scene " + i, i + 1))
                .collect(ImmutableList.toImmutableList()),
            ImmutableList.of(
                IntStream.range(0, count)
                    .mapToObj(i -> 1.0)
                    .collect(ImmutableList.toImmutableList())));
    Document page = page(numbers(null, map), TrainingHistory.NONE);
    assertThat(Xml.texts(Xml.all(page, "thead").get(2), "th"))
        .hasSize(1 + 30)
        .contains("scene 44", "scene 15")
        .doesNotContain("scene 14");
    assertThat(page.getDocumentElement().getTextContent())
        .contains("The 30 largest of 45 scenarios.");
  }

  @Test
  void theNumbersGoThroughAFile() {
    ConfigMapper mapper = new ConfigMapper();
    for (RunNumbers numbers :
        List.of(
            numbers(0.8, gate(Gate.Kind.SHARE, List.of(List.of(0.5, 0.25)))),
            numbers(null).withTraining(Optional.empty()))) {
      String json = mapper.toJson(numbers);
      assertThat(mapper.convert(mapper.parse(json, "test"), RunNumbers.class, "test"))
          .isEqualTo(numbers);
    }
  }
}
