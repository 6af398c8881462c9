package io.scenerank.train.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.common.collect.ImmutableMap;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.Batch;
import io.scenerank.data.Batcher;
import io.scenerank.testing.SmallModel;
import io.scenerank.train.Trainer;
import io.scenerank.train.TrainerFixture;
import io.scenerank.train.TrainingConfig;
import io.scenerank.train.TrainingListener;
import io.scenerank.train.TrainingState.TrainedState;
import io.scenerank.train.optimizer.OptimizerFactory.OptimizerType;
import io.scenerank.variable.FloatTensor;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Clipped gradients, seen through one step from the same values. */
@Tag("slow")
class ClippingTest extends TrainerFixture {
  /** float32 of sums of a few hundred terms. */
  private static final float TOLERANCE = 2e-6f;

  private static TrainingConfig config(OptimizerType optimizer, String keys) {
    return with(Config.PLAIN.optimizer(optimizer, 1f).build(ImmutableMap.of()), keys);
  }

  /**
   * The gradients of the first 64 rows, whose ids are a few and therefore stand many times: sgd
   * subtracts them, Adam's first moments hold a tenth of them.
   */
  private Map<String, float[]> gradients(OptimizerType optimizer, String keys) {
    try (Trainer trainer =
            trainer(config(optimizer, keys), SmallModel.params(), 3, TrainingListener.NONE);
        Batcher batches =
            Batcher.of(rows)
                .reading(SmallModel.definition(SmallModel.params()).layout(), SmallModel.TASKS)
                .batchSize(64)
                .start();
        Batch batch = batches.next()) {
      TrainedState before = trainer.graph().state(0);
      trainer.graph().step(batch, 0, 1f);
      TrainedState after = trainer.graph().state(1);
      Map<String, float[]> gradients = new LinkedHashMap<>();
      if (optimizer.isAdam()) {
        after
            .adam()
            .orElseThrow()
            .m()
            .forEach((path, m) -> gradients.put(path, scaled(m.values(), 10)));
      } else {
        before.weights().forEach((path, old) -> gradients.put(path, difference(old, after, path)));
      }
      return gradients;
    }
  }

  private static float[] difference(FloatTensor before, TrainedState after, String path) {
    float[] values = before.values().clone();
    float[] now = after.weights().get(path).values();
    for (int i = 0; i < values.length; i++) {
      values[i] -= now[i];
    }
    return values;
  }

  private static float[] scaled(float[] values, float factor) {
    float[] scaled = values.clone();
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] *= factor;
    }
    return scaled;
  }

  private static double norm(Map<String, float[]> gradients) {
    double sum = 0;
    for (float[] values : gradients.values()) {
      for (float value : values) {
        sum += (double) value * value;
      }
    }
    return Math.sqrt(sum);
  }

  private static void requireClose(Map<String, float[]> actual, Map<String, float[]> expected) {
    assertThat(actual.keySet()).isEqualTo(expected.keySet());
    actual.forEach(
        (path, values) ->
            assertThat(values).as(path).containsExactly(expected.get(path), within(TOLERANCE)));
  }

  @ParameterizedTest
  @EnumSource(
      value = OptimizerType.class,
      names = {"SGD", "ADAM", "LAZY_ADAM"})
  void aGlobalNormScalesAllGradientsAlike(OptimizerType optimizer) {
    Map<String, float[]> free = gradients(optimizer, "{}");
    double norm = norm(free);
    double limit = norm / 4;
    Map<String, float[]> clipped =
        gradients(optimizer, "{\"global_clipnorm\": " + (float) limit + "}");
    assertThat(norm(clipped)).isCloseTo(limit, within(1e-5));
    Map<String, float[]> expected = new LinkedHashMap<>();
    free.forEach((path, values) -> expected.put(path, scaled(values, 0.25f)));
    requireClose(clipped, expected);
    requireClose(gradients(optimizer, "{\"global_clipnorm\": " + 2 * norm + "}"), free);
  }

  @ParameterizedTest
  @EnumSource(
      value = OptimizerType.class,
      names = {"SGD", "LAZY_ADAM"})
  void aValueCutsEveryGradient(OptimizerType optimizer) {
    Map<String, float[]> expected = gradients(optimizer, "{}");
    float limit = 0.01f;
    int cut = 0;
    for (float[] values : expected.values()) {
      for (int i = 0; i < values.length; i++) {
        cut += Math.abs(values[i]) > limit ? 1 : 0;
        values[i] = Math.max(-limit, Math.min(limit, values[i]));
      }
    }
    assertThat(cut).as("some are larger").isPositive();
    requireClose(gradients(optimizer, "{\"clipvalue\": 0.01}"), expected);
  }

  @Test
  void onlyOneLimitAndNoNegativeOne() {
    assertThatThrownBy(
            () -> config(OptimizerType.SGD, "{\"clipvalue\": 1, \"global_clipnorm\": 1}"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("training.global_clipnorm and clipvalue exclude each other");
    assertThatThrownBy(() -> config(OptimizerType.SGD, "{\"global_clipnorm\": -1}"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("training.global_clipnorm is -1.0, expected 0 or more");
  }
}
