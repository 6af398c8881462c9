package io.scenerank.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.common.collect.ImmutableMap;
import com.google.common.util.concurrent.AtomicDouble;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.PackedRows;
import io.scenerank.testing.SmallModel;
import io.scenerank.train.Trainer.TrainingResult;
import io.scenerank.train.optimizer.OptimizerFactory.OptimizerType;
import io.scenerank.variable.FloatTensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Training over epochs: seeds, losses, reports, failures, early stopping. */
@Tag("slow")
class TrainerTest extends TrainerFixture {
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
                .as("the checkpoint exists when the epoch is reported")
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
        .as("the best and the newest two")
        .containsExactly(
            "epoch-0000" + history.best(),
            "epoch-0000" + (history.best() + 1),
            "epoch-0000" + (history.best() + 2));
  }

  @Test
  void bestEpochComesBackAlsoWhenTheEpochsEndFirst() throws IOException {
    History history = new History(new ArrayList<>());
    try (Trainer trainer = trainer(EARLY, 5, recording(history))) {
      fitEarly(trainer, "early");
    }
    // One epoch after the best, patience still lasts.
    Config oneMore = EARLY.epochs(history.best() + 1);
    try (Trainer trainer = trainer(oneMore, 5, TrainingListener.NONE)) {
      assertThat(fitEarly(trainer, "one-more").stoppedEarly()).isFalse();
      assertThat(weights(trainer))
          .as("weights of epoch %s", history.best())
          .isEqualTo(fit(EARLY.epochs(history.best()).validation(0.3, 0), 5, "until-best"));
    }
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
}
