package io.scenerank.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.common.collect.ImmutableMap;
import io.scenerank.config.InvalidInputException;
import io.scenerank.feature.Targets;
import io.scenerank.testing.SmallModel;
import io.scenerank.train.LearningRateSchedule.Schedule;
import java.io.IOException;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class ScheduleTest extends TrainerFixture {
  private static final TrainingConfig COSINE =
      with(Config.PLAIN.build(ImmutableMap.of()), "{\"schedule\": \"cosine\"}");

  @Test
  void constantStays() {
    assertThat(Schedule.CONSTANT.rate(0.01f, 0, 10)).isEqualTo(0.01f);
    assertThat(Schedule.CONSTANT.rate(0.01f, 9, 10)).isEqualTo(0.01f);
  }

  @Test
  void cosineFallsFromTheRateToZero() {
    assertThat(Schedule.COSINE.rate(0.01f, 0, 100)).isEqualTo(0.01f);
    // Half way the cosine is 0; float32 carries seven digits.
    assertThat(Schedule.COSINE.rate(0.01f, 50, 100)).isCloseTo(0.005f, within(1e-8f));
    assertThat(Schedule.COSINE.rate(0.01f, 25, 100)).isCloseTo(0.00853553f, within(1e-8f));
    assertThat(Schedule.COSINE.rate(0.01f, 100, 100)).isEqualTo(0f);
    assertThat(Schedule.COSINE.rate(0.01f, 101, 100)).isEqualTo(0f);
  }

  /** After so many steps of 5 an epoch. */
  private static TrainingState after(int steps) {
    return new TrainingState(
        steps / 5,
        steps,
        1,
        ROWS,
        16,
        0,
        -1,
        new TrainingState.Position(steps % 5, 0),
        TrainingState.Reduction.NONE);
  }

  @Test
  void warmUpRisesEvenlyAndTheScheduleHasTheRest() {
    LearningRate rate = new LearningRate(with(COSINE, "{\"warmup_steps\": 4}"), 5);
    for (int step = 0; step < 4; step++) {
      assertThat(rate.next(after(step))).isCloseTo(0.0025f * (step + 1), within(1e-9f));
    }
    for (int step = 4; step < 10; step++) {
      assertThat(rate.next(after(step))).isEqualTo(Schedule.COSINE.rate(0.01f, step - 4, 6));
    }
    LearningRate without = new LearningRate(COSINE, 5);
    assertThat(without.next(after(7))).isEqualTo(Schedule.COSINE.rate(0.01f, 7, 10));
  }

  @Test
  void warmUpLongerThanTheTrainingIsRefused() throws IOException {
    TrainingConfig config = with(COSINE, "{\"warmup_steps\": 10}");
    try (Trainer trainer = trainer(config, PARAMS, 3, TrainingListener.NONE)) {
      assertThatThrownBy(() -> trainer.fit(rows, checkpoints("run")))
          .isInstanceOf(InvalidInputException.class)
          .hasMessage(
              "training.warmup_steps is 10, expected fewer than the 10 steps of the training");
    }
  }

  /** The rates are those of Keras 3's {@code ReduceLROnPlateau(mode="max", min_delta=0)}. */
  @Test
  void plateauReducesTheRateAsKerasDoes() {
    TrainingConfig config =
        with(
            Config.PLAIN.validation(0.2, 0).build(ImmutableMap.of()),
            """
            {"schedule": "reduce_on_plateau", "learning_rate": 0.02, "epochs": 13,
             "plateau": {"factor": 0.3, "patience": 2, "min_learning_rate": 0.001}}\
            """);
    double[] metrics = {0.6, 0.61, 0.6, 0.61, 0.62, 0.5, 0.5, 0.5, 0.5, 0.5, 0.7, 0.6, 0.6};
    float[] expected = {
      0.02f, 0.02f, 0.02f, 0.006f, 0.006f, 0.006f, 0.0018f, 0.0018f, 0.001f, 0.001f, 0.001f, 0.001f,
      0.001f
    };
    Monitor monitor = Monitor.of("auc_macro", SmallModel.TASKS, Targets.NONE);
    TrainingState state = TrainingState.start(0, 1, ROWS, 16);
    LearningRate rate = new LearningRate(config, 5);
    for (int epoch = 0; epoch < metrics.length; epoch++) {
      state = state.finishedEpoch(OptionalDouble.of(metrics[epoch]), monitor, config);
      assertThat(rate.next(state))
          .as("after epoch %d", epoch + 1)
          .isCloseTo(expected[epoch], within(1e-8f));
    }
    assertThat(state.bestEpoch()).isEqualTo(11);
  }

  @Test
  void aRateBelowThePlateausLeastStays() {
    TrainingConfig config =
        with(
            Config.PLAIN.validation(0.2, 0).build(ImmutableMap.of()),
            """
            {"schedule": "reduce_on_plateau", "plateau": {"min_learning_rate": 0.5}}\
            """);
    TrainingState state =
        TrainingState.start(0, 1, ROWS, 16)
            .finishedEpoch(
                OptionalDouble.empty(),
                Monitor.of("auc_macro", SmallModel.TASKS, Targets.NONE),
                config);
    assertThat(new LearningRate(config, 5).next(state)).isEqualTo(0.01f);
  }
}
