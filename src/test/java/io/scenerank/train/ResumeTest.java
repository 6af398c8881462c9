package io.scenerank.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableMap;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.StableRandom;
import io.scenerank.testing.SmallModel;
import io.scenerank.train.Trainer.TrainingResult;
import io.scenerank.train.TrainingListener.TrainingStopped;
import io.scenerank.train.optimizer.OptimizerFactory.OptimizerType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Checkpoints, and resuming from them. */
@Tag("slow")
class ResumeTest extends TrainerFixture {

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

  /** All that can be on: dropout, validation, patience, a schedule of its own, learned weights. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "LAZY_ADAM | cosine            | \"uncertainty\" | 1",
        "ADAM      | reduce_on_plateau | \"gradnorm\"    | 2",
        "SGD       | reduce_on_plateau | {}              | 3",
        "ADAGRAD   | constant          | \"uncertainty\" | 4",
      })
  void trainingThatIsStoppedAndBrokenOffAnywhereIsTheUninterruptedOneBitForBit(
      OptimizerType optimizer, String schedule, String lossWeights, long seed) throws IOException {
    TrainingConfig config =
        with(
            Config.PLAIN
                .epochs(4)
                .optimizer(optimizer, 0.05f)
                .validation(0.2, 2)
                .build(ImmutableMap.of()),
            "{\"warmup_steps\": 3, \"global_clipnorm\": 0.5, \"monitor\": \"logloss_macro\","
                + " \"checkpoints\": {\"every_steps\": 3, \"keep\": 1}, \"schedule\": \""
                + schedule
                + "\", \"loss_weights\": "
                + lossWeights
                + "}");
    TrainingResult expected;
    Map<String, List<Float>> whole;
    Map<String, Float> learned;
    try (Trainer trainer = trainer(config, PARAMS, 3, TrainingListener.NONE)) {
      expected = trainer.fit(rows, checkpoints("whole"));
      whole = weights(trainer);
      learned = trainer.graph().learnedLossWeights();
    }
    Interrupted interrupted = new Interrupted(StableRandom.of(seed));
    boolean done = false;
    int runs = 0;
    while (!done) {
      runs++;
      assertThat(runs).as("every run gets further").isLessThan(40);
      interrupted.begin();
      try (Trainer trainer = trainer(config, PARAMS, 3, interrupted)) {
        TrainingResult result = trainer.resume(rows, checkpoints("parts"));
        assertThat(result.epochs()).isEqualTo(expected.epochs());
        assertThat(result.stoppedEarly()).isEqualTo(expected.stoppedEarly());
        assertThat(weights(trainer)).isEqualTo(whole);
        assertThat(trainer.graph().learnedLossWeights()).isEqualTo(learned);
        done = true;
      } catch (TrainingStopped | PowerCut e) {
        assertThat(checkpoints("parts").latest()).as("after %s", e).isPresent();
      }
    }
    assertThat(runs).as("it was interrupted").isGreaterThan(2);
    assertThat(names(folder.resolve("parts"))).isEqualTo(names(folder.resolve("whole")));
    for (String epoch : names(folder.resolve("whole"))) {
      for (String file : names(folder.resolve("whole").resolve(epoch))) {
        assertThat(folder.resolve("parts").resolve(epoch).resolve(file))
            .hasSameBinaryContentAs(folder.resolve("whole").resolve(epoch).resolve(file));
      }
    }
  }

  private static final class PowerCut extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /** Stops after one to five steps, or breaks off after four to six, further than a checkpoint. */
  private static final class Interrupted implements TrainingListener {
    private final StableRandom random;
    private int left;
    private boolean breaksOff;

    Interrupted(StableRandom random) {
      this.random = random;
    }

    void begin() {
      breaksOff = random.nextInt(2) == 0;
      left = breaksOff ? 4 + random.nextInt(3) : 1 + random.nextInt(5);
    }

    @Override
    public void onStep(StepResult step) {
      left--;
      if (breaksOff && left == 0) {
        throw new PowerCut();
      }
    }

    @Override
    public boolean isStopRequested() {
      return !breaksOff && left <= 0;
    }

    @Override
    public void onEpoch(EpochResult epoch) {}
  }

  @Test
  void aStopDuringTheValidationGoesOnWithIt() throws IOException {
    Config config = Config.PLAIN.epochs(2).validation(0.5, 0);
    Map<String, List<Float>> whole = fit(config, 3, "whole");
    AtomicInteger asked = new AtomicInteger();
    // 36 rows in steps of 16: three steps, then the first batch of the validation.
    TrainingListener stopping =
        new TrainingListener() {
          @Override
          public boolean isStopRequested() {
            return asked.incrementAndGet() == 4;
          }

          @Override
          public void onEpoch(EpochResult epoch) {}
        };
    try (Trainer trainer = trainer(config, 3, stopping)) {
      assertThatThrownBy(() -> trainer.resume(rows, checkpoints("parts")))
          .isInstanceOf(TrainingStopped.class);
      assertThat(names(folder.resolve("parts"))).containsExactly("epoch-00000-step-0000003");
    }
    List<Double> losses = new ArrayList<>();
    try (Trainer trainer = trainer(config, 3, epoch -> losses.add(epoch.loss()))) {
      trainer.resume(rows, checkpoints("parts"));
      assertThat(weights(trainer)).isEqualTo(whole);
      assertThat(losses).as("of both epochs").hasSize(2).doesNotContain(Double.NaN);
    }
  }

  @Test
  void theNewestCheckpointsAreKept() throws IOException {
    TrainingConfig config =
        with(
            Config.PLAIN.epochs(3).build(ImmutableMap.of()),
            "{\"checkpoints\": {\"every_steps\": 2, \"keep\": 3}}");
    try (Trainer trainer = trainer(config, PARAMS, 3, TrainingListener.NONE)) {
      trainer.fit(rows, checkpoints("run"));
    }
    assertThat(names(folder.resolve("run")))
        .containsExactly("epoch-00002-step-0000002", "epoch-00002-step-0000004", "epoch-00003");
  }

  @Test
  void aCheckpointIsWrittenEverySoManyMinutes() {
    CheckpointPace pace = new CheckpointPace(0, 0.5, 1);
    assertThat(pace.isDue(7, 29_999_999_999L)).isFalse();
    assertThat(pace.isDue(7, 30_000_000_000L)).isTrue();
    assertThat(CheckpointPace.DEFAULT.isDue(7, Long.MAX_VALUE)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"best_auc_macro", "best_figure", "best_metric"})
  void checkpointsOfOlderVersionsAreRead(String best) throws IOException {
    fit(Config.PLAIN, 3, "run");
    Path state = folder.resolve("run/epoch-00002/state.json");
    Files.writeString(
        state,
        "{\"epoch\": 2, \"step\": 10, \"seed\": 3, \"rows\": 72, \"batch_size\": 16,"
            + " \"best_epoch\": 1, \""
            + best
            + "\": 0.5}");
    assertThat(checkpoints("run").latest()).contains(new TrainingState(2, 10, 3, ROWS, 16, 1, 0.5));
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
  void checkpointIsCompleteAndTheOneBeforeItIsKept() throws IOException {
    fit(Config.PLAIN.epochs(3), 9, "run");
    assertThat(names(folder.resolve("run"))).containsExactly("epoch-00002", "epoch-00003");
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
              "the checkpoint has seed 3, 72 rows and batch_size 16; expected seed 4, 72 rows"
                  + " and batch_size 16");
      assertThatThrownBy(() -> trainer.resume(SmallModel.rows(20, 1), checkpoints("run")))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageEndingWith("expected seed 4, 20 rows and batch_size 16");
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
}
