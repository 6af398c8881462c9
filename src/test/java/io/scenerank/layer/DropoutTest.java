package io.scenerank.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableMap;
import io.scenerank.testing.TestGraph;
import io.scenerank.variable.FloatTensor;
import io.scenerank.variable.LayerScope;
import io.scenerank.variable.Seeds;
import io.scenerank.variable.Training;
import io.scenerank.variable.WeightStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

class DropoutTest {
  private static final int SIZE = 20_000;

  private final TestGraph graph = new TestGraph();
  private final Operand<TFloat32> x = graph.input(ramp());

  /** 1, 2, …: no value is 0 by itself. */
  private static FloatTensor ramp() {
    float[] values = new float[SIZE];
    for (int i = 0; i < SIZE; i++) {
      values[i] = i + 1;
    }
    return new FloatTensor(Shape.of(SIZE / 10, 10), values);
  }

  private Operand<TFloat32> dropout(WeightStore store, String path, float rate) {
    return new Dropout(store.root().child(path), rate).call(graph.tf(), x);
  }

  private static boolean[] mask(float[] dropped) {
    boolean[] mask = new boolean[dropped.length];
    for (int i = 0; i < mask.length; i++) {
      mask[i] = dropped[i] != 0;
    }
    return mask;
  }

  @AfterEach
  void close() {
    graph.close();
  }

  @Test
  void inferenceFormPassesTheInputThrough() {
    assertThat(dropout(graph.store(1), "a", 0.5f)).as("no op is added").isSameAs(x);
  }

  @Test
  void rateZeroPassesTheInputThroughInTraining() {
    assertThat(dropout(graph.trainingStore(1), "a", 0f)).as("no op is added").isSameAs(x);
  }

  @ParameterizedTest
  @ValueSource(floats = {0.1f, 0.3f, 0.9f})
  void dropsTheRateAndScalesWhatIsKept(float rate) {
    float[] out = graph.values(dropout(graph.trainingStore(1), "a", rate));
    int zeros = 0;
    float scale = 1f / (1f - rate);
    for (int i = 0; i < SIZE; i++) {
      if (out[i] == 0) {
        zeros++;
      } else {
        assertThat(out[i]).as("value %s", i).isEqualTo((i + 1) * scale);
      }
    }
    // Five standard deviations of a binomial share of 20,000.
    double tolerance = 5 * Math.sqrt(rate * (1 - rate) / SIZE);
    assertThat((double) zeros / SIZE)
        .as("share of zeros")
        .isBetween(rate - tolerance, rate + tolerance);
  }

  @Test
  void maskFollowsFromStepPathAndSeedAlone() {
    WeightStore store = graph.trainingStore(1);
    Operand<TFloat32> a = dropout(store, "a", 0.5f);
    Operand<TFloat32> b = dropout(store, "b", 0.5f);
    Operand<TFloat32> otherSeed = dropout(graph.trainingStore(2), "a", 0.5f);
    Operand<TFloat32> again = dropout(graph.trainingStore(1), "a", 0.5f);
    float[] first = graph.values(a);
    assertThat(graph.values(a)).as("same step, second run").isEqualTo(first);
    assertThat(graph.values(again)).as("same seed and path, another graph part").isEqualTo(first);
    assertThat(mask(graph.values(b))).as("another path").isNotEqualTo(mask(first));
    assertThat(mask(graph.values(otherSeed))).as("another seed").isNotEqualTo(mask(first));
    graph.setStep(1);
    assertThat(mask(graph.values(a))).as("another step").isNotEqualTo(mask(first));
    graph.setStep(0);
    assertThat(graph.values(a)).as("back at the first step").isEqualTo(first);
  }

  @Test
  void givenSeedReplacesTheDerivedOne() {
    WeightStore derived = graph.trainingStore(1);
    int seed = derived.seeds().of("a");
    WeightStore given = replay(new Training.DropoutSeed(seed, 3));
    float[] replay = graph.values(dropout(given, "a", 0.5f));
    graph.setStep(3);
    assertThat(replay)
        .as("counter 3 at step 0 is step 3 of the derived seed")
        .isEqualTo(graph.values(dropout(derived, "a", 0.5f)));
  }

  /** Keras 3's seed generator hands out one number a call: step · calls + call. */
  @ParameterizedTest
  @CsvSource({"0,0,0", "0,2,2", "1,0,3", "4,1,13"})
  void callsOfAStepContinueOneStream(int step, int call, int number) {
    Operand<TFloat32> ofThree =
        new Dropout(graph.trainingStore(1).root().child("a"), 0.5f, 3).call(graph.tf(), x, call);
    Operand<TFloat32> ofOne = dropout(graph.trainingStore(1), "a", 0.5f);
    graph.setStep(step);
    float[] dropped = graph.values(ofThree);
    graph.setStep(number);
    assertThat(dropped)
        .as("call %s of step %s is draw %s", call, step, number)
        .isEqualTo(graph.values(ofOne));
  }

  @Test
  void everyCallOfAStepDrawsAnew() {
    Dropout dropout = new Dropout(graph.trainingStore(1).root().child("a"), 0.5f, 3);
    List<boolean[]> masks = new ArrayList<>();
    for (int step = 0; step < 2; step++) {
      graph.setStep(step);
      for (int call = 0; call < 3; call++) {
        masks.add(mask(graph.values(dropout.call(graph.tf(), x, call))));
      }
    }
    for (int i = 0; i < masks.size(); i++) {
      for (int j = 0; j < i; j++) {
        assertThat(masks.get(i)).as("draws %s and %s", i, j).isNotEqualTo(masks.get(j));
      }
    }
  }

  @Test
  void callsOfAReplayCountFromItsCounter() {
    WeightStore derived = graph.trainingStore(1);
    WeightStore replay = replay(new Training.DropoutSeed(derived.seeds().of("a"), 5));
    Operand<TFloat32> second =
        new Dropout(replay.root().child("a"), 0.5f, 2).call(graph.tf(), x, 1);
    graph.setStep(3);
    float[] replayed = graph.values(second);
    graph.setStep(5 + 3 * 2 + 1);
    assertThat(replayed).isEqualTo(graph.values(dropout(derived, "a", 0.5f)));
  }

  @Test
  void aReplayDropsOnlyWhereTheRecordingDid() {
    WeightStore replay = replay(new Training.DropoutSeed(1, 0));
    assertThat(dropout(replay, "a", 0.5f)).as("recorded").isNotSameAs(x);
    assertThat(dropout(replay, "b", 0.5f)).as("not recorded").isSameAs(x);
  }

  private WeightStore replay(Training.DropoutSeed seed) {
    return new WeightStore(
        graph.graph(),
        graph.tf(),
        new Seeds(99),
        Optional.of(new Training(graph.step(), Optional.of(ImmutableMap.of("a", seed)))));
  }

  @Test
  void gradientFlowsThroughWhatIsKept() {
    Operand<TFloat32> out = dropout(graph.trainingStore(1), "a", 0.5f);
    Operand<TFloat32> gradient =
        graph
            .graph()
            .addGradients(out.asOutput(), new org.tensorflow.Output<?>[] {x.asOutput()})[0]
            .expect(TFloat32.class);
    float[] expected = graph.values(out);
    for (int i = 0; i < SIZE; i++) {
      expected[i] = expected[i] == 0 ? 0 : 2;
    }
    assertThat(graph.values(gradient)).isEqualTo(expected);
    assertThat(Arrays.equals(expected, new float[SIZE])).isFalse();
  }

  @ParameterizedTest
  @ValueSource(floats = {-0.1f, 1f, Float.NaN})
  void refusesRatesOutsideTheirRange(float rate) {
    LayerScope scope = graph.store(1).root();
    assertThatThrownBy(() -> new Dropout(scope, rate))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("dropout rate " + rate + " is outside [0, 1)");
  }
}
