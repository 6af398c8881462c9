package io.scenerank.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import com.google.common.primitives.Floats;
import com.google.common.util.concurrent.AtomicDouble;
import io.scenerank.data.PackedRows;
import io.scenerank.feature.ConfigMapper;
import io.scenerank.feature.InvalidInputException;
import io.scenerank.layer.Activation;
import io.scenerank.layer.FloatTensor;
import io.scenerank.model.PepNetParams;
import io.scenerank.testing.SmallModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Training over epochs, on one thread: its numbers then depend on nothing but its inputs. */
class TrainerTest {
  private static final int ROWS = 72;

  /** One tower layer, for speed, with dropout. */
  private static final PepNetParams PARAMS =
      new PepNetParams(
          SmallModel.TASKS, ImmutableList.of(3), Activation.LEAKY_RELU, 0.3f, 1e-4f, false);

  private final PackedRows rows = SmallModel.rows(ROWS, 1);
  @TempDir Path folder;

  /** A configuration to vary. */
  private record Config(
      int epochs, OptimizerType optimizer, float rate, double split, int patience) {
    static final Config PLAIN = new Config(2, OptimizerType.LAZY_ADAM, 0.01f, 0, 0);

    Config epochs(int value) {
      return new Config(value, optimizer, rate, split, patience);
    }

    Config optimizer(OptimizerType value, float newRate) {
      return new Config(epochs, value, newRate, split, patience);
    }

    Config validation(double newSplit, int newPatience) {
      return new Config(epochs, optimizer, rate, newSplit, newPatience);
    }

    TrainingConfig build(ImmutableMap<String, Float> lossWeights) {
      return new TrainingConfig(
          epochs,
          16,
          optimizer,
          rate,
          Schedule.COSINE,
          LossForm.LOGITS,
          lossWeights,
          split,
          patience);
    }
  }

  private static Trainer trainer(Config config, long seed, TrainingListener listener) {
    return trainer(config.build(ImmutableMap.of()), PARAMS, seed, listener);
  }

  private static Trainer trainer(
      TrainingConfig config, PepNetParams params, long seed, TrainingListener listener) {
    return new Trainer(
        SmallModel.definition(params),
        TrainingGraph.Options.of(config, seed, Device.parse("cpu"), 1),
        SmallModel.schema().scenario(),
        listener);
  }

  private Checkpoints checkpoints(String name) {
    return new Checkpoints(folder.resolve(name));
  }

  private static Map<String, List<Float>> weights(Trainer trainer) {
    return lists(trainer.graph().read());
  }

  private static Map<String, List<Float>> lists(Map<String, FloatTensor> values) {
    return new HashMap<>(Maps.transformValues(values, v -> Floats.asList(v.values())));
  }

  /** Trains from the first epoch and returns the weights. */
  private Map<String, List<Float>> fit(Config config, long seed, String name) throws IOException {
    try (Trainer trainer = trainer(config, seed, TrainingListener.NONE)) {
      trainer.fit(rows, checkpoints(name));
      return weights(trainer);
    }
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> children = Files.list(folder)) {
      return children.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  // Seeds

  @Test
  void oneSeedOneResult() throws IOException {
    Map<String, List<Float>> first = fit(Config.PLAIN, 7, "first");
    assertThat(fit(Config.PLAIN, 7, "second")).isEqualTo(first);
    Map<String, List<Float>> other = fit(Config.PLAIN, 8, "other");
    first.forEach((path, values) -> assertThat(other.get(path)).as(path).isNotEqualTo(values));
  }

  @Test
  void trainingLowersTheLoss() throws IOException {
    List<Double> losses = new ArrayList<>();
    Config config = Config.PLAIN.epochs(4).optimizer(OptimizerType.ADAGRAD, 0.1f);
    TrainingListener listener = onEpoch(epoch -> losses.add(epoch.loss()));
    try (Trainer trainer = trainer(config, 1, listener)) {
      TrainingResult result = trainer.fit(rows, checkpoints("run"));
      assertThat(result.epochs()).isEqualTo(4);
      assertThat(result.stoppedEarly()).isFalse();
      assertThat(result.loss()).isEqualTo(losses.get(3));
      assertThat(result.samplesPerSecond()).isPositive();
    }
    assertThat(losses).hasSize(4);
    assertThat(losses.get(3)).isLessThan(losses.get(0));
  }

  private interface EpochHandler {
    void accept(TrainingListener.EpochResult epoch);
  }

  private static TrainingListener onEpoch(EpochHandler handler) {
    return new TrainingListener() {
      @Override
      public void onStep(StepResult step) {}

      @Override
      public void onEpoch(EpochResult epoch) {
        handler.accept(epoch);
      }
    };
  }

  @Test
  void lossOfAnEpochIsThatOfItsRowsAndTheRegulariser() throws IOException {
    AtomicDouble loss = new AtomicDouble();
    // A rate too small to move a float: the epoch's loss is that of the first weights.
    Config config = Config.PLAIN.epochs(1).optimizer(OptimizerType.SGD, 1e-30f);
    try (Trainer trainer =
        trainer(
            config.build(ImmutableMap.of("like", 2f)),
            SmallModel.params(),
            1,
            onEpoch(epoch -> loss.set(epoch.loss())))) {
      trainer.fit(rows, checkpoints("run"));
      float[][] scores = trainer.predict(rows);
      double expected = 0;
      for (int row = 0; row < ROWS; row++) {
        for (int task = 0; task < 2; task++) {
          double p = rows.label(row, task) == 1 ? scores[task][row] : 1 - scores[task][row];
          expected -= Math.log(p) * (task == 1 ? 2 : 1) / ROWS;
        }
      }
      for (Map.Entry<String, List<Float>> weight : weights(trainer).entrySet()) {
        if (weight.getKey().startsWith("dnn/") && weight.getKey().endsWith("kernel")) {
          expected +=
              SmallModel.params().l2Reg()
                  * weight.getValue().stream().mapToDouble(w -> (double) w * w).sum();
        }
      }
      // Losses around 3 in float32, a mean over 5 batches.
      assertThat(loss.get()).isCloseTo(expected, within(3e-6));
    }
  }

  @Test
  void taskOfWeight0IsNotTrained() throws IOException {
    TrainingConfig config =
        Config.PLAIN.optimizer(OptimizerType.SGD, 0.5f).build(ImmutableMap.of("like", 0f));
    try (Trainer trainer = trainer(config, PARAMS, 1, TrainingListener.NONE)) {
      Map<String, List<Float>> before = weights(trainer);
      trainer.fit(rows, checkpoints("run"));
      Map<String, List<Float>> after = weights(trainer);
      assertThat(after.get("like/dense_layer/kernel"))
          .isEqualTo(before.get("like/dense_layer/kernel"));
      assertThat(after.get("click/dense_layer/kernel"))
          .isNotEqualTo(before.get("click/dense_layer/kernel"));
    }
  }

  @Test
  void stepsAreReportedInOrder() throws IOException {
    List<String> steps = new ArrayList<>();
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void onStep(StepResult step) {
            steps.add(
                step.epoch() + "/" + step.epochs() + " " + step.rows() + "/" + step.rowsOfEpoch());
          }

          @Override
          public void onEpoch(EpochResult epoch) {
            assertThat(folder.resolve("run/epoch-0000" + epoch.epoch()))
                .as("the checkpoint stands when the epoch is reported")
                .isDirectory();
            steps.add("epoch " + epoch.epoch());
          }
        };
    try (Trainer trainer = trainer(Config.PLAIN, 1, listener)) {
      trainer.fit(rows, checkpoints("run"));
    }
    assertThat(steps)
        .containsExactly(
            "1/2 16/72",
            "1/2 32/72",
            "1/2 48/72",
            "1/2 64/72",
            "1/2 72/72",
            "epoch 1",
            "2/2 16/72",
            "2/2 32/72",
            "2/2 48/72",
            "2/2 64/72",
            "2/2 72/72",
            "epoch 2");
  }

  @Test
  void scoresAreInFileOrder() throws IOException {
    try (Trainer trainer = trainer(Config.PLAIN, 1, TrainingListener.NONE)) {
      float[][] scores = trainer.predict(rows);
      assertThat(scores).hasDimensions(2, ROWS);
      PackedRows twice = SmallModel.rows(ROWS / 2, 1); // the same generator: the first half
      float[][] half = trainer.predict(twice);
      for (int task = 0; task < 2; task++) {
        assertThat(half[task])
            .hasSize(ROWS / 2)
            .contains(Arrays.copyOf(scores[task], ROWS / 2), within(1e-6f));
      }
    }
  }

  // Failures

  @Test
  void lossThatIsNoNumberStopsWithItsStep() {
    try (Trainer trainer = trainer(Config.PLAIN, 1, TrainingListener.NONE)) {
      Map<String, FloatTensor> values = new HashMap<>(trainer.graph().read());
      values.computeIfPresent(
          "click/dense_layer/kernel",
          (path, old) -> new FloatTensor(old.shape(), new float[] {Float.NaN, 0, 0}));
      trainer.graph().assign(values);
      assertThatThrownBy(() -> trainer.fit(rows, checkpoints("run")))
          .isInstanceOf(InvalidInputException.class)
          .hasMessage(
              "the loss is NaN at step 1 (epoch 1); a smaller learning_rate than 0.01 may help");
      assertThat(folder.resolve("run")).as("no checkpoint of it").doesNotExist();
    }
  }

  @Test
  void learningRateThatIsTooLargeStops() {
    Config config = Config.PLAIN.optimizer(OptimizerType.SGD, 1e30f);
    try (Trainer trainer = trainer(config, 1, TrainingListener.NONE)) {
      assertThatThrownBy(() -> trainer.fit(rows, checkpoints("run")))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageMatching(
              "the loss is (NaN|Infinity) at step [2-5] \\(epoch 1\\); a smaller learning_rate"
                  + " than 1.0E30 may help");
    }
  }

  @Test
  void splitThatLeavesNoRow() {
    Config config = Config.PLAIN.validation(0.9, 0);
    try (Trainer trainer = trainer(config, 1, TrainingListener.NONE)) {
      assertThatThrownBy(() -> trainer.fit(SmallModel.rows(1, 1), checkpoints("run")))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("validation_split 0.9 of 1 rows leaves no row to train on");
      assertThatThrownBy(() -> trainer.fit(SmallModel.rows(0, 1), checkpoints("run")))
          .isInstanceOf(InvalidInputException.class)
          .hasMessage("no training row is left of 0 with validation_split 0.9");
    }
  }

  // Early stopping

  /** Validation auc_macro of each epoch, and the first epoch of the best. */
  private record History(List<Double> aucs) {
    int best() {
      return 1 + aucs.indexOf(aucs.stream().max(Double::compare).orElseThrow());
    }
  }

  private static final Config EARLY =
      Config.PLAIN.epochs(30).optimizer(OptimizerType.ADAGRAD, 0.3f).validation(0.3, 2);

  private TrainingResult fitEarly(Trainer trainer, String name) throws IOException {
    return trainer.fit(rows, checkpoints(name));
  }

  private static TrainingListener recording(History history) {
    return onEpoch(
        epoch -> history.aucs().add(epoch.validation().orElseThrow().aucMacro().orElseThrow()));
  }

  @Test
  void earlyStoppingBringsTheBestEpochBack() throws IOException {
    History history = new History(new ArrayList<>());
    Map<String, List<Float>> restored;
    try (Trainer trainer = trainer(EARLY, 5, recording(history))) {
      TrainingResult result = fitEarly(trainer, "early");
      assertThat(result.stoppedEarly()).isTrue();
      assertThat(result.epochs()).as("two epochs after the best").isEqualTo(history.best() + 2);
      restored = weights(trainer);
    }
    assertThat(history.aucs()).hasSize(history.best() + 2);
    Config untilBest = EARLY.epochs(history.best()).validation(0.3, 0);
    assertThat(restored)
        .as("weights of a training of %s epochs", history.best())
        .isEqualTo(fit(untilBest, 5, "until-best"));
    assertThat(names(folder.resolve("early")))
        .containsExactly("epoch-0000" + history.best(), "epoch-0000" + (history.best() + 2));
  }

  @Test
  void resumingAStoppedTrainingTrainsNoFurther() throws IOException {
    Map<String, List<Float>> stopped;
    int epochs;
    try (Trainer trainer = trainer(EARLY, 5, TrainingListener.NONE)) {
      epochs = fitEarly(trainer, "early").epochs();
      stopped = weights(trainer);
    }
    try (Trainer trainer = trainer(EARLY, 5, TrainingListener.NONE)) {
      TrainingResult result = trainer.resume(rows, checkpoints("early"));
      assertThat(result.epochs()).isEqualTo(epochs);
      assertThat(result.stoppedEarly()).isTrue();
      assertThat(weights(trainer)).isEqualTo(stopped);
    }
  }

  // Checkpoints and resuming

  @ParameterizedTest
  @CsvSource({"LAZY_ADAM,1", "ADAM,2", "ADAGRAD,2"})
  void resumedTrainingIsTheUninterruptedOneBitForBit(OptimizerType optimizer, int done)
      throws IOException {
    Config config = Config.PLAIN.epochs(3).optimizer(optimizer, 0.05f).validation(0.2, 0);
    Map<String, List<Float>> whole = fit(config, 3, "whole");
    fit(config.epochs(done), 3, "parts");
    try (Trainer trainer = trainer(config, 3, TrainingListener.NONE)) {
      TrainingResult result = trainer.resume(rows, checkpoints("parts"));
      assertThat(result.epochs()).isEqualTo(3);
      assertThat(weights(trainer)).isEqualTo(whole);
    }
    for (String file : List.of("variables.data-00000-of-00001", "variables.index", "state.json")) {
      assertThat(folder.resolve("parts/epoch-00003").resolve(file))
          .as("weights and slots and state in %s", file)
          .hasSameBinaryContentAs(folder.resolve("whole/epoch-00003").resolve(file));
    }
  }

  @Test
  void trainingThatBrokeOffInsideAnEpochResumesAtItsBeginning() throws IOException {
    Config config = Config.PLAIN.epochs(3);
    Map<String, List<Float>> whole = fit(config, 3, "whole");
    TrainingListener failing =
        new TrainingListener() {
          @Override
          public void onStep(StepResult step) {
            if (step.epoch() == 2 && step.rows() == 48) {
              throw new IllegalStateException("power cut");
            }
          }

          @Override
          public void onEpoch(EpochResult epoch) {}
        };
    try (Trainer trainer = trainer(config, 3, failing)) {
      assertThatThrownBy(() -> trainer.fit(rows, checkpoints("parts"))).hasMessage("power cut");
    }
    try (Trainer trainer = trainer(config, 3, TrainingListener.NONE)) {
      trainer.resume(rows, checkpoints("parts"));
      assertThat(weights(trainer)).isEqualTo(whole);
    }
  }

  @Test
  void resumingWithoutACheckpointBeginsAtTheFirstEpoch() throws IOException {
    try (Trainer trainer = trainer(Config.PLAIN, 3, TrainingListener.NONE)) {
      trainer.resume(rows, checkpoints("new"));
      assertThat(weights(trainer)).isEqualTo(fit(Config.PLAIN, 3, "other"));
    }
  }

  @Test
  void resumingAFinishedTrainingGivesItsWeights() throws IOException {
    Map<String, List<Float>> whole = fit(Config.PLAIN, 3, "whole");
    try (Trainer trainer = trainer(Config.PLAIN, 3, TrainingListener.NONE)) {
      TrainingResult result = trainer.resume(rows, checkpoints("whole"));
      assertThat(result.epochs()).isEqualTo(2);
      assertThat(result.samplesPerSecond()).isZero();
      assertThat(weights(trainer)).isEqualTo(whole);
    }
  }

  @Test
  void checkpointIsCompleteAndAlone() throws IOException {
    fit(Config.PLAIN.epochs(3), 9, "run");
    assertThat(names(folder.resolve("run"))).containsExactly("epoch-00003");
    Path epoch = folder.resolve("run/epoch-00003");
    assertThat(names(epoch))
        .containsExactly("state.json", "variables.data-00000-of-00001", "variables.index");
    ConfigMapper mapper = new ConfigMapper();
    assertThat(
            mapper.convert(
                mapper.readTree(epoch.resolve("state.json")), TrainingState.class, "state"))
        .isEqualTo(new TrainingState(3, 15, 9, ROWS, 16, 0, -1));
    assertThat(Files.readString(epoch.resolve("state.json"))).contains("\"batch_size\" : 16");
  }

  @Test
  void newTrainingReplacesAnOldersCheckpoints() throws IOException {
    fit(Config.PLAIN.epochs(3), 9, "run");
    fit(Config.PLAIN.epochs(1), 10, "run");
    assertThat(names(folder.resolve("run"))).containsExactly("epoch-00001");
    assertThat(checkpoints("run").latest().orElseThrow().seed()).isEqualTo(10);
  }

  @Test
  void checkpointOfOtherSeedOrRowsIsRefused() throws IOException {
    fit(Config.PLAIN, 3, "run");
    try (Trainer trainer = trainer(Config.PLAIN, 4, TrainingListener.NONE)) {
      assertThatThrownBy(() -> trainer.resume(rows, checkpoints("run")))
          .isInstanceOf(InvalidInputException.class)
          .hasMessage(
              "the checkpoint has seed 3, 72 rows and batch_size 16; asked for are seed 4, 72 rows"
                  + " and batch_size 16");
      assertThatThrownBy(() -> trainer.resume(SmallModel.rows(20, 1), checkpoints("run")))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageEndingWith("asked for are seed 4, 20 rows and batch_size 16");
    }
  }

  @Test
  void checkpointOfAnotherModelIsRefusedInOneLine() throws IOException {
    fit(Config.PLAIN, 3, "run");
    Path epoch = folder.resolve("run/epoch-00002");
    Config other = Config.PLAIN.optimizer(OptimizerType.ADAGRAD, 0.1f);
    try (Trainer linear =
            trainer(
                Config.PLAIN.build(ImmutableMap.of()),
                SmallModel.withLinearLogits(),
                3,
                TrainingListener.NONE);
        Trainer adagrad = trainer(other, 3, TrainingListener.NONE)) {
      for (Trainer trainer : List.of(linear, adagrad)) {
        assertThatThrownBy(() -> trainer.resume(rows, checkpoints("run")))
            .isInstanceOf(InvalidInputException.class)
            .hasMessageStartingWith(epoch + ": the checkpoint does not fit the model (")
            .hasMessageContaining("not found in checkpoint")
            .message()
            .doesNotContain("\n");
      }
    }
  }

  @Test
  void damagedCheckpointIsAnErrorOfOneLine() throws IOException {
    fit(Config.PLAIN, 3, "run");
    Path epoch = folder.resolve("run/epoch-00002");
    try (Trainer trainer = trainer(Config.PLAIN, 3, TrainingListener.NONE)) {
      Files.write(epoch.resolve("variables.index"), new byte[10]);
      assertThatThrownBy(() -> trainer.resume(rows, checkpoints("run")))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageStartingWith(epoch + ": the checkpoint does not fit the model (");
      Files.writeString(epoch.resolve("state.json"), "{\"epoch\": 2,");
      assertThatThrownBy(() -> trainer.resume(rows, checkpoints("run")))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageStartingWith(epoch.resolve("state.json") + ": not well formed");
      Files.delete(epoch.resolve("state.json"));
      assertThatThrownBy(() -> trainer.resume(rows, checkpoints("run")))
          .isInstanceOf(InvalidInputException.class)
          .hasMessage(epoch.resolve("state.json") + ": cannot be read (no such file)");
    }
  }
}
