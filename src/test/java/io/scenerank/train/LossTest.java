package io.scenerank.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import io.scenerank.feature.Targets;
import io.scenerank.testing.TestGraph;
import io.scenerank.train.LearningRateSchedule.Schedule;
import io.scenerank.train.Loss.LossForm;
import io.scenerank.train.optimizer.OptimizerFactory.OptimizerType;
import io.scenerank.variable.FloatTensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

class LossTest {
  private final TestGraph graph = new TestGraph();
  private final Ops tf = graph.tf();
  private final Placeholder<TFloat32> logit = graph.input(column(0));
  private final Placeholder<TFloat32> label = graph.input(column(0));

  @AfterEach
  void close() {
    graph.close();
  }

  private static FloatTensor column(float value) {
    return new FloatTensor(Shape.of(1, 1), new float[] {value});
  }

  private Operand<TFloat32> gradient(Operand<TFloat32> loss) {
    return graph
        .graph()
        .addGradients(loss.asOutput(), new Output<?>[] {logit.asOutput()})[0]
        .expect(TFloat32.class);
  }

  private void feed(float x, float z) {
    graph.set(logit, column(x).toTensor());
    graph.set(label, column(z).toTensor());
  }

  /** Cross-entropy in double. */
  private static double exact(double x, double z) {
    return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))) - x * z;
  }

  @Test
  void theTwoFormsAgreeAwayFromTheClip() {
    Operand<TFloat32> logits = LossForm.LOGITS.call(tf, logit, label);
    Operand<TFloat32> probabilities = LossForm.PROBABILITIES.call(tf, logit, label);
    Operand<TFloat32> logitsGradient = gradient(logits);
    Operand<TFloat32> probabilitiesGradient = gradient(probabilities);
    for (float x = -4; x <= 4; x += 0.25f) {
      for (float z : new float[] {0, 1}) {
        feed(x, z);
        double loss = exact(x, z);
        double slope = 1 / (1 + Math.exp(-x)) - z;
        // 1e-6 absolute and relative; beyond |x| = 4, 1 - p has too few digits left.
        double tolerance = 1e-6 * (1 + loss);
        assertThat((double) graph.values(logits)[0])
            .as("logits form at %s, %s", x, z)
            .isCloseTo(loss, within(tolerance));
        assertThat((double) graph.values(probabilities)[0])
            .as("probabilities form at %s, %s", x, z)
            .isCloseTo(loss, within(tolerance));
        assertThat((double) graph.values(logitsGradient)[0]).isCloseTo(slope, within(1e-6));
        assertThat((double) graph.values(probabilitiesGradient)[0])
            .as("gradient of the probabilities form at %s, %s", x, z)
            .isCloseTo(slope, within(5e-6));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"200,1,0,0", "200,0,200,1", "-200,0,0,0", "-200,1,200,-1"})
  void logitsFormIsExactFarOut(float x, float z, float loss, float slope) {
    Operand<TFloat32> out = LossForm.LOGITS.call(tf, logit, label);
    Operand<TFloat32> gradient = gradient(out);
    feed(x, z);
    assertThat(graph.values(out)[0]).isEqualTo(loss);
    assertThat(graph.values(gradient)[0]).isEqualTo(slope);
  }

  @ParameterizedTest
  @CsvSource({"200,0", "-200,1"})
  void probabilitiesFormIsClippedAsKerasClips(float x, float z) {
    Operand<TFloat32> out = LossForm.PROBABILITIES.call(tf, logit, label);
    Operand<TFloat32> gradient = gradient(out);
    feed(x, z);
    // log(1e-7), or of the float next to 1 - 1e-7; no gradient passes the clip.
    assertThat((double) graph.values(out)[0]).isBetween(15.9, 16.2);
    assertThat(graph.values(gradient)[0]).isEqualTo(0f);
  }

  @ParameterizedTest
  @EnumSource
  void lossIsTheMeanOverRows(LossForm form) {
    Operand<TFloat32> x = graph.constant(new float[] {1}, new float[] {-2}, new float[] {0});
    Operand<TFloat32> z = graph.constant(new float[] {1}, new float[] {1}, new float[] {0});
    double expected = (exact(1, 1) + exact(-2, 1) + exact(0, 0)) / 3;
    assertThat((double) graph.values(form.call(tf, x, z))[0]).isCloseTo(expected, within(1e-6));
  }

  @Test
  void tasksAreWeightedByNameAndReadTheirOwnLabels() {
    ImmutableMap<String, Operand<TFloat32>> logits =
        ImmutableMap.of(
            "click", graph.constant(new float[] {1}, new float[] {2}),
            "like", graph.constant(new float[] {-1}, new float[] {0.5f}));
    Operand<TFloat32> labels = graph.constant(new float[] {1, 0}, new float[] {0, 1});
    double click = (exact(1, 1) + exact(2, 0)) / 2;
    double like = (exact(-1, 0) + exact(0.5, 1)) / 2;
    assertThat(loss(ImmutableMap.of(), logits, labels)).isCloseTo(click + like, within(1e-6));
    assertThat(loss(ImmutableMap.of("like", 3f), logits, labels))
        .isCloseTo(click + 3 * like, within(1e-6));
    assertThat(loss(ImmutableMap.of("like", 0.5f, "click", 0f), logits, labels))
        .isCloseTo(0.5 * like, within(1e-6));
  }

  private double loss(
      ImmutableMap<String, Float> weights,
      ImmutableMap<String, Operand<TFloat32>> logits,
      Operand<TFloat32> labels) {
    TrainingConfig config =
        new TrainingConfig(
            1, 1, OptimizerType.SGD, 0.1f, Schedule.CONSTANT, LossForm.LOGITS, weights, 0, 0);
    return graph
        .values(
            LossBuilder.data(
                tf,
                config,
                Targets.NONE,
                logits,
                Maps.transformValues(logits, tf.math::sigmoid),
                labels))[0];
  }
}
