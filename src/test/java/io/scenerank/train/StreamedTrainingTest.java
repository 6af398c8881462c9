package io.scenerank.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableMap;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.PreparedDataset;
import io.scenerank.data.RowSource;
import io.scenerank.testing.SmallModel;
import io.scenerank.train.optimizer.OptimizerFactory.OptimizerType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Training on rows that are streamed. */
@Tag("slow")
class StreamedTrainingTest extends TrainerFixture {
  /** 72 rows, batches of 16: the last has 8 rows, or fewer with validation rows. */
  private static final TrainingConfig CONFIG =
      Config.PLAIN.epochs(3).validation(0.2, 1).build(ImmutableMap.of());

  private RowSource streamed;

  @BeforeEach
  void write() throws IOException {
    SmallModel.write(folder.resolve("data"), rows, SmallModel.rows(20, 9));
    streamed = PreparedDataset.open(folder.resolve("data")).streamTrain();
  }

  /** Weights, and every loss and validation metric on the way. */
  private record Trained(Map<String, List<Float>> weights, List<String> history) {}

  private Trained train(RowSource source, TrainingConfig config, String name) throws IOException {
    List<String> history = new ArrayList<>();
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void onStep(StepResult step) {
            history.add(step.rows() + "/" + step.rowsOfEpoch() + " " + step.loss());
          }

          @Override
          public void onEpoch(EpochResult epoch) {
            history.add(epoch.loss() + " " + epoch.validation());
          }
        };
    try (Trainer trainer = trainer(config, PARAMS, 3, listener)) {
      trainer.fit(source, checkpoints(name));
      return new Trained(weights(trainer), history);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 16, 40, 1000})
  void streamedOrInMemoryIsTheSameBitForBit(int buffer) throws IOException {
    TrainingConfig config = CONFIG.withShuffleBuffer(buffer);
    Trained inMemory = train(rows, config, "memory");
    assertThat(train(streamed, config, "streamed")).isEqualTo(inMemory);
    assertThat(inMemory.weights())
        .as("another order than that of all rows shuffled")
        .isNotEqualTo(train(rows, CONFIG, "all").weights());
  }

  @Test
  void validationRowsAreThoseOfTrainingInMemory() throws IOException {
    // Of a rate that changes nothing, the metrics of validation are those of the first values.
    TrainingConfig still =
        Config.PLAIN
            .epochs(1)
            .optimizer(OptimizerType.SGD, 1e-30f)
            .validation(0.3, 0)
            .build(ImmutableMap.of());
    List<String> all = train(rows, still, "all").history();
    List<String> buffered = train(streamed, still.withShuffleBuffer(20), "streamed").history();
    String metrics = all.get(all.size() - 1).replaceFirst("\\S+ ", "");
    assertThat(metrics).contains("click");
    assertThat(buffered.get(buffered.size() - 1)).endsWith(metrics);
  }

  @Test
  void scoresAreThoseOfRowsInMemory() {
    try (Trainer trainer = trainer(CONFIG, PARAMS, 3, TrainingListener.NONE)) {
      assertThat(trainer.predict(streamed)).isDeepEqualTo(trainer.predict(rows));
    }
  }

  @Test
  void resumedInsideAnEpochItIsTheUninterruptedTraining() throws IOException {
    TrainingConfig config =
        with(CONFIG.withShuffleBuffer(24), "{\"checkpoints\": {\"every_steps\": 2}}");
    Trained whole = train(streamed, config, "whole");
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
    try (Trainer trainer = trainer(config, PARAMS, 3, failing)) {
      assertThatThrownBy(() -> trainer.fit(streamed, checkpoints("parts"))).hasMessage("power cut");
    }
    TrainingState state = checkpoints("parts").latest().orElseThrow();
    assertThat(state.epoch()).isEqualTo(1);
    assertThat(state.position().step()).isEqualTo(2);
    try (Trainer trainer = trainer(config, PARAMS, 3, TrainingListener.NONE)) {
      trainer.resume(streamed, checkpoints("parts"));
      assertThat(weights(trainer)).isEqualTo(whole.weights());
    }
  }

  @Test
  void aFileThatChangesEndsTheTrainingWithALine() {
    TrainingListener changing =
        new TrainingListener() {
          @Override
          public void onStep(StepResult step) {
            if (step.epoch() == 1 && step.rows() == 16) {
              try {
                Files.writeString(folder.resolve("data/train.parquet"), "another file");
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            }
          }

          @Override
          public void onEpoch(EpochResult epoch) {}
        };
    try (Trainer trainer = trainer(CONFIG.withShuffleBuffer(16), PARAMS, 3, changing)) {
      assertThatThrownBy(() -> trainer.fit(streamed, checkpoints("run")))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageStartingWith(
              folder.resolve("data/train.parquet") + ": changed while it was read (12 bytes");
    }
  }
}
