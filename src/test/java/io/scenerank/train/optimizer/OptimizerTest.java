package io.scenerank.train.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.Maps;
import com.google.common.primitives.Floats;
import io.scenerank.data.StableRandom;
import io.scenerank.train.optimizer.OptimizerFactory.OptimizerType;
import io.scenerank.variable.FloatTensor;
import io.scenerank.variable.Placement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.tensorflow.DeviceSpec;

/** Updates against the optimizers' formulas in plain Java, in double. */
class OptimizerTest {
  private static final float RATE = 0.01f;

  /**
   * Weights are below 1, so that a float's rounding is 6e-8, a few times a step; Adam's correction
   * 1 - 0.999^t loses 1e-5 of itself to rounding, of steps of 0.01.
   */
  private static final double TOLERANCE = 1e-6;

  private static final int ROWS = TableHarness.ROWS_A + TableHarness.ROWS_B;

  /** The formulas. Row 0 … 4 is a, 5 … 8 is b; the dense variable is a row more of width 3. */
  private static final class Reference {
    final OptimizerType type;
    final double l2;
    final double[][] w = new double[ROWS + 1][];
    final double[][] m = new double[ROWS + 1][3];
    final double[][] v = new double[ROWS + 1][3];

    Reference(OptimizerType type, float l2, Map<String, FloatTensor> begin) {
      this.type = type;
      this.l2 = l2;
      float[] tables = Floats.concat(begin.get("a").values(), begin.get("b").values());
      for (int row = 0; row < ROWS; row++) {
        w[row] = new double[] {tables[2 * row], tables[2 * row + 1]};
      }
      w[ROWS] = new double[] {0.5, 0.5, 0.5};
      for (double[] row : v) {
        Arrays.fill(row, type == OptimizerType.ADAGRAD ? (double) 0.1f : 0);
      }
    }

    double step(int number, TableHarness.Step step) {
      double loss = 0;
      Map<Integer, double[]> gradients = new HashMap<>();
      for (int i = 0; i < step.ids().length; i++) {
        for (int j = 0; j < 3; j++) {
          int row = step.ids()[i][j] + (j == 2 ? TableHarness.ROWS_A : 0);
          double[] gradient = gradients.computeIfAbsent(row, r -> new double[2]);
          for (int d = 0; d < 2; d++) {
            double difference = w[row][d] - step.targets()[i][j][d];
            loss += 0.5 * difference * difference;
            gradient[d] += difference;
          }
        }
      }
      for (int row = 0; row < ROWS && type == OptimizerType.ADAM; row++) {
        gradients.computeIfAbsent(row, r -> new double[2]); // the exact form moves every row
      }
      for (Map.Entry<Integer, double[]> entry : gradients.entrySet()) {
        for (int d = 0; d < 2; d++) {
          double value = w[entry.getKey()][d];
          loss += l2 * value * value;
          entry.getValue()[d] += 2 * l2 * value;
        }
      }
      double[] dense = new double[3];
      double[] target = {1, -1, 0.25};
      for (int d = 0; d < 3; d++) {
        dense[d] = w[ROWS][d] - target[d];
        loss += 0.5 * dense[d] * dense[d];
      }
      gradients.put(ROWS, dense);
      gradients.forEach((row, gradient) -> move(number + 1, row, gradient));
      return loss;
    }

    private void move(int t, int row, double[] gradient) {
      double b1 = 0.9f;
      double b2 = 0.999f;
      for (int d = 0; d < gradient.length; d++) {
        double g = gradient[d];
        switch (type) {
          case SGD -> w[row][d] -= RATE * g;
          case ADAGRAD -> {
            v[row][d] += g * g;
            w[row][d] -= RATE * g / Math.sqrt(v[row][d] + 1e-7);
          }
          default -> {
            m[row][d] += (g - m[row][d]) * (1 - b1);
            v[row][d] += (g * g - v[row][d]) * (1 - b2);
            double alpha = RATE * Math.sqrt(1 - Math.pow(b2, t)) / (1 - Math.pow(b1, t));
            w[row][d] -= alpha * m[row][d] / (Math.sqrt(v[row][d]) + 1e-7);
          }
        }
      }
    }
  }

  /** Batches whose rows repeat ids, within a column and across columns. */
  private static List<TableHarness.Step> steps(int count, long seed) {
    StableRandom random = StableRandom.of(seed);
    List<TableHarness.Step> steps = new ArrayList<>();
    for (int s = 0; s < count; s++) {
      int[][] ids = new int[4][];
      float[][][] targets = new float[4][3][2];
      for (int i = 0; i < ids.length; i++) {
        // a's last and b's first row are never touched.
        ids[i] = new int[] {random.nextInt(4), random.nextInt(4), 1 + random.nextInt(3)};
        for (float[] target : targets[i]) {
          target[0] = (float) (2 * random.nextDouble() - 1);
          target[1] = (float) (2 * random.nextDouble() - 1);
        }
      }
      steps.add(new TableHarness.Step(ids, targets));
    }
    return steps;
  }

  private static void assertRows(
      double[][] expected, int width, FloatTensor actual, int firstRow, String what) {
    for (int i = 0; i < actual.values().length; i++) {
      double value = expected[firstRow + i / width][i % width];
      assertThat((double) actual.values()[i])
          .as("%s, value %s", what, i)
          .isCloseTo(value, within(TOLERANCE));
    }
  }

  private static void assertAll(
      double[][] expected, Map<String, FloatTensor> actual, String prefix, String when) {
    assertRows(expected, 2, actual.get(prefix + "a"), 0, prefix + "a " + when);
    assertRows(expected, 2, actual.get(prefix + "b"), TableHarness.ROWS_A, prefix + "b " + when);
    assertRows(expected, 3, actual.get(prefix + "dense"), ROWS, prefix + "dense " + when);
  }

  @ParameterizedTest
  @CsvSource({
    "ADAM,0", "ADAM,0.05",
    "LAZY_ADAM,0", "LAZY_ADAM,0.05",
    "SGD,0", "SGD,0.05",
    "ADAGRAD,0", "ADAGRAD,0.05"
  })
  void followsItsFormulaOverSeveralSteps(OptimizerType type, float l2) {
    followsItsFormula(type, l2, Placement.local());
  }

  @ParameterizedTest
  @CsvSource({
    "ADAM,0.05,1",
    "ADAM,0.05,2",
    "ADAM,0,4",
    "LAZY_ADAM,0.05,1",
    "LAZY_ADAM,0.05,3",
    "LAZY_ADAM,0,4",
    "SGD,0.05,3",
    "ADAGRAD,0.05,3"
  })
  void followsItsFormulaOnSplitTables(OptimizerType type, float l2, int shards) {
    Placement.VariableDevice cpu =
        new Placement.VariableDevice(
            Optional.of(DeviceSpec.newBuilder().deviceType(DeviceSpec.DeviceType.CPU).build()));
    followsItsFormula(
        type,
        l2,
        Placement.spread(
            Stream.generate(() -> cpu).limit(shards).collect(ImmutableList.toImmutableList())));
  }

  private static void followsItsFormula(OptimizerType type, float l2, Placement placement) {
    try (TableHarness harness = new TableHarness(type, l2, RATE, true, placement)) {
      Reference reference = new Reference(type, l2, harness.weights());
      List<TableHarness.Step> steps = steps(4, 3);
      for (int number = 0; number < steps.size(); number++) {
        double expected = reference.step(number, steps.get(number));
        float loss = harness.step(number, steps.get(number));
        String when = "after step " + (number + 1);
        assertThat((double) loss)
            .as("loss of step %s", number + 1)
            .isCloseTo(expected, within(1e-5 * expected));
        assertAll(reference.w, harness.weights(), "", when);
        switch (type) {
          case SGD -> assertThat(harness.slots()).isEmpty();
          case ADAGRAD -> assertAll(reference.v, harness.slots(), "optimizer/accumulator/", when);
          default -> {
            assertAll(reference.m, harness.slots(), "optimizer/m/", when);
            assertAll(reference.v, harness.slots(), "optimizer/v/", when);
          }
        }
      }
    }
  }

  /** A batch that touches every row of both tables. */
  private static TableHarness.Step everyRow(long seed) {
    StableRandom random = StableRandom.of(seed);
    int[][] ids = new int[TableHarness.ROWS_A][];
    float[][][] targets = new float[TableHarness.ROWS_A][3][2];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = new int[] {i, (i + 1) % TableHarness.ROWS_A, i % TableHarness.ROWS_B};
      for (float[] target : targets[i]) {
        target[0] = (float) random.nextGaussian();
        target[1] = (float) random.nextGaussian();
      }
    }
    return new TableHarness.Step(ids, targets);
  }

  @ParameterizedTest
  @CsvSource({"0", "0.05"})
  void lazyAdamIsAdamWhereEveryRowIsTouched(float l2) {
    try (TableHarness exact = new TableHarness(OptimizerType.ADAM, l2, RATE, true);
        TableHarness lazy = new TableHarness(OptimizerType.LAZY_ADAM, l2, RATE, true)) {
      for (int number = 0; number < 5; number++) {
        float expected = exact.step(number, everyRow(number));
        assertThat(lazy.step(number, everyRow(number)))
            .as("loss of step %s", number + 1)
            .isCloseTo(expected, within(1e-6f * expected));
      }
      Map<String, FloatTensor> expected = exact.weights();
      lazy.weights()
          .forEach(
              (path, value) -> {
                for (int i = 0; i < value.values().length; i++) {
                  // The same operations except for the order of sums: an ulp or two of 0.1.
                  assertThat(value.values()[i])
                      .as("%s, value %s", path, i)
                      .isCloseTo(expected.get(path).values()[i], within(1e-7f));
                }
              });
    }
  }

  private static Map<String, List<Float>> untouched(Map<String, FloatTensor> values) {
    Map<String, List<Float>> rows = new HashMap<>();
    values.forEach(
        (path, value) -> {
          if (path.endsWith("a")) {
            rows.put(path, Floats.asList(value.values()).subList(8, 10)); // row 4
          } else if (path.endsWith("b")) {
            rows.put(path, Floats.asList(value.values()).subList(0, 2)); // row 0
          }
        });
    return rows;
  }

  @ParameterizedTest
  @EnumSource(names = {"LAZY_ADAM", "SGD", "ADAGRAD"})
  void rowsThatNoIdNamesStayBitForBit(OptimizerType type) {
    try (TableHarness harness = new TableHarness(type, 0.05f, RATE, true)) {
      harness.step(0, everyRow(1)); // so that moments are not at their beginning
      Map<String, List<Float>> weights = untouched(harness.weights());
      Map<String, List<Float>> slots = untouched(harness.slots());
      for (TableHarness.Step step : steps(3, 4)) {
        harness.step(1, step);
      }
      assertThat(untouched(harness.weights())).isEqualTo(weights).hasSize(2);
      assertThat(untouched(harness.slots())).isEqualTo(slots);
    }
  }

  @Test
  void exactAdamMovesRowsThatNoIdNames() {
    try (TableHarness harness = new TableHarness(OptimizerType.ADAM, 0f, RATE, true)) {
      harness.step(0, everyRow(1));
      Map<String, List<Float>> weights = untouched(harness.weights());
      harness.step(1, steps(1, 4).get(0));
      assertThat(untouched(harness.weights()).get("a")).isNotEqualTo(weights.get("a"));
      assertThat(untouched(harness.weights()).get("b")).isNotEqualTo(weights.get("b"));
    }
  }

  @Test
  void idsThatRepeatInABatchAreSummedOnce() {
    try (TableHarness harness = new TableHarness(OptimizerType.SGD, 0f, RATE, true)) {
      float before = harness.weights().get("a").values()[2 * 2];
      float[][][] targets = {{{1, 0}, {2, 0}, {0, 0}}, {{3, 0}, {4, 0}, {0, 0}}};
      harness.step(0, new TableHarness.Step(new int[][] {{2, 2, 0}, {2, 2, 0}}, targets));
      // Four look-ups of row 2: the gradient is the sum of w - 1, w - 2, w - 3, w - 4.
      assertThat(harness.weights().get("a").values()[2 * 2])
          .isCloseTo(before - RATE * (4 * before - 10), within((float) TOLERANCE));
    }
  }

  @ParameterizedTest
  @EnumSource
  void frozenTableStays(OptimizerType type) {
    try (TableHarness harness = new TableHarness(type, 0.05f, RATE, false)) {
      Map<String, List<Float>> before = lists(harness.weights());
      harness.step(0, everyRow(1));
      Map<String, List<Float>> after = lists(harness.weights());
      assertThat(harness.trainedTables()).isEmpty();
      assertThat(after.get("a")).isEqualTo(before.get("a"));
      assertThat(after.get("b")).isEqualTo(before.get("b"));
      assertThat(after.get("dense")).isNotEqualTo(before.get("dense"));
    }
  }

  private static Map<String, List<Float>> lists(Map<String, FloatTensor> values) {
    return Maps.transformValues(values, value -> Floats.asList(value.values()));
  }
}
