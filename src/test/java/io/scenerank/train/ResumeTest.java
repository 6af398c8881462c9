package io.scenerank.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableMap;
import io.scenerank.feature.ConfigMapper;
import io.scenerank.feature.InvalidInputException;
import io.scenerank.testing.SmallModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Checkpoints, and going on from them. */
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
