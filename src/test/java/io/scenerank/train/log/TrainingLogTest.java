package io.scenerank.train.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.data.Batch;
import io.scenerank.data.Batcher;
import io.scenerank.eval.Evaluator;
import io.scenerank.testing.SmallModel;
import io.scenerank.train.Trainer;
import io.scenerank.train.TrainerFixture;
import io.scenerank.train.TrainingConfig;
import io.scenerank.train.TrainingGraph;
import io.scenerank.train.TrainingListener;
import io.scenerank.train.TrainingListener.ClusterMetrics;
import io.scenerank.train.optimizer.OptimizerFactory.OptimizerType;
import io.scenerank.variable.FloatTensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.tensorflow.proto.Event;
import org.tensorflow.proto.SessionLog;
import org.tensorflow.proto.Summary;

/** What is written down of a training; 72 rows by 16 are 5 steps an epoch. */
@Tag("slow")
class TrainingLogTest extends TrainerFixture {
  private static final Config CONFIG = Config.PLAIN.validation(0.1, 0);

  private TrainingLog open(TrainingConfig.LogPace pace) throws IOException {
    return TrainingLog.open(folder, pace, rows.sampleScenarios(30, 1));
  }

  /** Trains with a log and tells every step's loss. */
  private List<Float> train(Config config, TrainingConfig.LogPace pace) throws IOException {
    List<Float> losses = new ArrayList<>();
    TrainingListener collector =
        new TrainingListener() {
          @Override
          public void onStep(StepResult step) {
            losses.add(step.loss());
          }

          @Override
          public void onEpoch(EpochResult epoch) {}
        };
    try (TrainingLog log = open(pace);
        Trainer trainer = trainer(config, 5, TrainingListener.all(collector, log))) {
      trainer.fit(rows, checkpoints("checkpoint"));
    }
    return losses;
  }

  private static double mean(List<Float> losses) {
    return losses.stream().mapToDouble(Float::doubleValue).average().orElseThrow();
  }

  private List<Event> events() throws IOException {
    List<Event> events = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder.resolve("events"))) {
      for (Path file : files.sorted().toList()) {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
          byte[] event = new byte[Math.toIntExact(bytes.getLong())];
          bytes.getInt(); // checksum of the length
          bytes.get(event).getInt(); // checksum of the event
          events.add(Event.parseFrom(event));
        }
      }
    }
    return events;
  }

  private static List<Long> steps(List<Event> events, String tag) {
    return events.stream()
        .filter(
            event ->
                event.getSummary().getValueList().stream()
                    .anyMatch(value -> value.getTag().equals(tag)))
        .map(Event::getStep)
        .toList();
  }

  @Test
  void everyFewStepsAndEveryEpochIsAPoint() throws IOException {
    List<Float> losses = train(CONFIG, new TrainingConfig.LogPace(2, false));
    TrainingHistory history = TrainingHistory.read(folder);
    assertThat(losses).hasSize(10);
    assertThat(history.steps())
        .extracting(TrainingHistory.Step::step)
        .containsExactly(2, 4, 5, 6, 8, 10);
    assertThat(history.steps())
        .extracting(TrainingHistory.Step::epoch)
        .containsExactly(1, 1, 1, 2, 2, 2);
    int[] begins = {0, 2, 4, 5, 6, 8, 10};
    for (int i = 0; i < 6; i++) {
      TrainingHistory.Step point = history.steps().get(i);
      assertThat(point.loss())
          .isCloseTo(mean(losses.subList(begins[i], begins[i + 1])), within(1e-9));
      assertThat(point.learningRate()).isEqualTo(0.01f);
      assertThat(point.samplesPerSecond()).isPositive();
      assertThat(point.gradientNorm()).isPositive();
    }
    assertThat(history.epochs()).extracting(TrainingHistory.Epoch::step).containsExactly(5, 10);
    assertThat(history.epochs())
        .allSatisfy(
            epoch ->
                assertThat(epoch.validation()).containsKeys("auc_click", "logloss_macro", "rows"));
    assertThat(folder.resolve("events")).doesNotExist();
  }

  @Test
  void theNormIsThatOfTheGradientsThatSgdTakes() throws IOException {
    float rate = 0.5f;
    Config config = Config.PLAIN.epochs(1).optimizer(OptimizerType.SGD, rate);
    try (TrainingLog log = open(new TrainingConfig.LogPace(5, false));
        Trainer trainer = trainer(config, 5, log)) {
      TrainingGraph graph = trainer.graph();
      // The rows of a single batch, so that one step is the whole epoch.
      Map<String, FloatTensor> before = graph.read();
      try (Batcher batches =
              Batcher.of(rows)
                  .reading(SmallModel.definition(PARAMS).layout(), PARAMS.taskNames())
                  .batchSize(16)
                  .start();
          Batch batch = batches.next()) {
        double norm = graph.step(batch, 0, rate, true).gradientNorm().orElseThrow();
        double squares = 0;
        for (Map.Entry<String, FloatTensor> after : graph.read().entrySet()) {
          float[] old = before.get(after.getKey()).values();
          for (int i = 0; i < old.length; i++) {
            squares += Math.pow((old[i] - after.getValue().values()[i]) / rate, 2);
          }
        }
        // Differences of float32 weights of about 0.1, divided by the rate.
        assertThat(norm).isCloseTo(Math.sqrt(squares), within(1e-5));
      }
    }
  }

  @Test
  void aLogLeavesTheTrainingAsItIs() throws IOException {
    Map<String, List<Float>> without = fit(CONFIG, 5, "without");
    try (TrainingLog log = open(new TrainingConfig.LogPace(3, true));
        Trainer trainer = trainer(CONFIG, 5, log)) {
      trainer.fit(rows, checkpoints("with"));
      assertThat(weights(trainer)).isEqualTo(without);
    }
  }

  @Test
  void tensorBoardIsToldTheSame() throws IOException {
    train(CONFIG, new TrainingConfig.LogPace(2, true));
    TrainingHistory history = TrainingHistory.read(folder);
    List<Event> events = events();
    for (String tag :
        List.of(
            "train/loss",
            "train/learning_rate",
            "train/samples_per_second",
            "train/gradient_norm")) {
      assertThat(steps(events, tag)).as(tag).containsExactly(2L, 4L, 5L, 6L, 8L, 10L);
    }
    for (String tag :
        List.of(
            "epoch/loss",
            "validation/auc_click",
            "gates/epnet/history",
            "gates/ppnet/layer_0/like")) {
      assertThat(steps(events, tag)).as(tag).containsExactly(5L, 10L);
    }
    Summary.Value loss =
        events.stream()
            .flatMap(event -> event.getSummary().getValueList().stream())
            .filter(value -> value.getTag().equals("train/loss"))
            .findFirst()
            .orElseThrow();
    assertThat(loss.getSimpleValue()).isEqualTo((float) history.steps().get(0).loss());
    Summary.Value gate =
        events.stream()
            .flatMap(event -> event.getSummary().getValueList().stream())
            .filter(value -> value.getTag().equals("gates/epnet/history"))
            .findFirst()
            .orElseThrow();
    assertThat(gate.getHisto().getNum())
        .isEqualTo(rows.sampleScenarios(30, 1).size())
        .isLessThan(ROWS);
    assertThat(gate.getHisto().getMin()).isBetween(0.0, 2.0);
  }

  @Test
  void aTrainingThatGoesOnSaysFromWhichStep() throws IOException {
    train(CONFIG, new TrainingConfig.LogPace(2, true));
    // Interrupted after 9 steps, resumed from the checkpoint of the first epoch.
    try (TrainingLog log = open(new TrainingConfig.LogPace(2, true));
        Trainer trainer = trainer(CONFIG.epochs(1), 5, log)) {
      trainer.fit(rows, checkpoints("again"), 5);
    }
    TrainingHistory history = TrainingHistory.read(folder);
    assertThat(history.steps())
        .extracting(TrainingHistory.Step::step)
        .containsExactly(2, 4, 5, 6, 8, 10);
    assertThat(history.epochs()).extracting(TrainingHistory.Epoch::step).containsExactly(5, 10);
    try (Stream<Path> files = Files.list(folder.resolve("events"))) {
      assertThat(files).hasSize(2);
    }
    assertThat(
            events().stream()
                .filter(
                    event -> event.getSessionLog().getStatus() == SessionLog.SessionStatus.START)
                .map(Event::getStep))
        .as("readers forget what was told from here on")
        .containsExactly(2L, 6L);
  }

  private static ClusterMetrics cluster(int step) {
    return new ClusterMetrics(
        step,
        1500,
        ImmutableList.of(
            new ClusterMetrics.Worker(0, 900, true), new ClusterMetrics.Worker(1, 0, false)),
        0.75,
        3,
        2048);
  }

  private static TrainingListener.StepResult step(int step) {
    return new TrainingListener.StepResult(
        1,
        1,
        step * 16,
        1600,
        0.5f,
        16,
        step,
        0.01f,
        OptionalDouble.of(1),
        ImmutableMap.of("like", 1.25f));
  }

  private static Map<String, Float> scalars(List<Event> events, int step, String group) {
    return events.stream()
        .filter(event -> event.getStep() == step)
        .flatMap(event -> event.getSummary().getValueList().stream())
        .filter(value -> value.getTag().startsWith(group))
        .collect(Collectors.toMap(Summary.Value::getTag, Summary.Value::getSimpleValue));
  }

  @Test
  void learnedWeightsOfLossesAreWrittenToBothFiles() throws IOException {
    try (TrainingLog log = open(new TrainingConfig.LogPace(2, true))) {
      log.onStep(step(2));
    }
    assertThat(TrainingHistory.read(folder).steps().get(0).lossWeights())
        .containsExactly(Map.entry("like", 1.25f));
    assertThat(scalars(events(), 2, "train/loss_weight/"))
        .containsExactly(Map.entry("train/loss_weight/like", 1.25f));
  }

  @Test
  void whatSeveralMachinesDoIsWrittenToBothFiles() throws IOException {
    try (TrainingLog log = open(new TrainingConfig.LogPace(2, true))) {
      TrainingListener listener = TrainingListener.all(TrainingListener.NONE, log);
      listener.onStep(step(2));
      listener.onCluster(cluster(2));
      listener.onCluster(cluster(3));
    }
    assertThat(TrainingHistory.read(folder).cluster()).containsExactly(cluster(2), cluster(3));
    assertThat(scalars(events(), 3, "cluster/"))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "cluster/samples_per_second", 1500f,
                "cluster/worker_0/samples_per_second", 900f,
                "cluster/worker_1/samples_per_second", 0f,
                "cluster/workers", 1f,
                "cluster/staleness_mean", 0.75f,
                "cluster/staleness_max", 3f,
                "cluster/bytes_per_step", 2048f));
  }

  @Test
  void aTrainingThatGoesBackByItselfSaysToWhichStep() throws IOException {
    try (TrainingLog log = open(new TrainingConfig.LogPace(2, true))) {
      log.onStep(step(2));
      log.onCluster(cluster(2));
      log.onCluster(cluster(5));
      log.onStep(step(6));
      // A parameter server died: back to the checkpoint at step 3.
      log.onStep(step(4));
      log.onCluster(cluster(4));
      log.onStep(step(6));
    }
    assertThat(
            events().stream()
                .filter(
                    event -> event.getSessionLog().getStatus() == SessionLog.SessionStatus.START)
                .map(Event::getStep))
        .containsExactly(2L, 4L);
    TrainingHistory history = TrainingHistory.read(folder);
    assertThat(history.steps()).extracting(TrainingHistory.Step::step).containsExactly(2, 4, 6);
    assertThat(history.cluster()).containsExactly(cluster(2), cluster(4));
  }

  @Test
  void aTrainingWithNothingLeftToTrainStillKnowsItsLastStep() throws IOException {
    train(CONFIG, new TrainingConfig.LogPace(4, false));
    try (TrainingLog log = open(new TrainingConfig.LogPace(4, true));
        Trainer trainer = trainer(CONFIG, 5, log)) {
      Evaluator evaluator = Evaluator.of(rows, PARAMS.taskNames(), SmallModel.schema().scenario());
      log.test(evaluator.evaluate(trainer.predict(rows)).overall());
    }
    assertThat(steps(events(), "test/auc_macro")).containsExactly(10L);
  }

  @Test
  void testMetricsAreAtTheLastStep() throws IOException {
    try (TrainingLog log = open(new TrainingConfig.LogPace(4, true));
        Trainer trainer = trainer(CONFIG, 5, log)) {
      trainer.fit(rows, checkpoints("checkpoint"));
      Evaluator evaluator = Evaluator.of(rows, PARAMS.taskNames(), SmallModel.schema().scenario());
      log.test(evaluator.evaluate(trainer.predict(rows)).overall());
    }
    assertThat(steps(events(), "test/auc_macro")).containsExactly(10L);
  }
}
