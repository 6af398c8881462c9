package io.scenerank.layer;

import static io.scenerank.layer.Plain.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.testing.TestGraph;
import io.scenerank.variable.FloatTensor;
import io.scenerank.variable.Weight;
import io.scenerank.variable.WeightAccess;
import io.scenerank.variable.WeightStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Layers that have slopes or statistics: Prelu, Dice, BatchNormalization, and Dnn with them. */
class NormalizationTest {
  /** A few roundings of float32 numbers around 1. */
  private static final float ROUNDING = 1e-6f;

  private static final double EPSILON = 1e-3;

  private final TestGraph graph = new TestGraph();
  private final Ops tf = graph.tf();
  private final Plain plain = new Plain(1);

  @AfterEach
  void close() {
    graph.close();
  }

  private void assign(WeightStore store, String path, float... values) {
    new WeightAccess(tf, store.weights())
        .assign(
            graph.session(),
            ImmutableMap.of(path, new FloatTensor(Shape.of(values.length), values)));
  }

  private static double[] column(double[][] x, int column) {
    double[] values = new double[x.length];
    for (int row = 0; row < x.length; row++) {
      values[row] = x[row][column];
    }
    return values;
  }

  private static double mean(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum / values.length;
  }

  /** With the number of values as divisor. */
  private static double variance(double[] values) {
    double mean = mean(values);
    return mean(Plain.map(values, value -> (value - mean) * (value - mean)));
  }

  /** Each column less its mean, over its deviation. */
  private static double[][] normal(double[][] x) {
    double[][] out = new double[x.length][x[0].length];
    for (int j = 0; j < x[0].length; j++) {
      double[] column = column(x, j);
      double scale = 1 / Math.sqrt(variance(column) + EPSILON);
      for (int i = 0; i < x.length; i++) {
        out[i][j] = (x[i][j] - mean(column)) * scale;
      }
    }
    return out;
  }

  // Prelu

  @Test
  void preluHasASlopeForEachValueOfARow() {
    WeightStore store = graph.store(1);
    Prelu prelu = new Prelu(store.root().child("p"), Shape.of(3));
    assertThat(Plain.shapes(store)).containsExactly("p/alpha [3]");
    Operand<TFloat32> x = graph.constant(new float[] {-2, -2, -2}, new float[] {4, 0, -1});
    graph.initialize(store);
    assertThat(graph.values(prelu.call(tf, x))).as("slopes of 0: a relu").containsOnly(0, 4);
    assign(store, "p/alpha", 0.5f, -1, 0.25f);
    assertThat(graph.values(prelu.call(tf, x))).containsExactly(-1, 2, -0.5f, 4, 0, -0.25f);
  }

  @Test
  void preluLeadsTheGradientToItsSlopes() {
    WeightStore store = graph.store(1);
    Prelu prelu = new Prelu(store.root().child("p"), Shape.of(2));
    Operand<TFloat32> x = graph.constant(new float[] {-2, 3}, new float[] {-4, -1});
    Operand<TFloat32> gradient =
        graph
            .graph()
            .addGradients(
                prelu.call(tf, x).asOutput(),
                new Output<?>[] {store.weights().get(0).value().asOutput()})[0]
            .expect(TFloat32.class);
    graph.initialize(store);
    assertThat(graph.values(gradient)).as("sum of what is below 0").containsExactly(-6, -1);
  }

  // Dice

  @Test
  void diceWeighsBothSidesByTheBatch() {
    WeightStore store = graph.store(1);
    Dice dice = new Dice(store.root().child("d"));
    assertThat(Plain.shapes(store)).containsExactly("d/alpha [1]");
    assign(store, "d/alpha", 0.3f);
    FloatTensor x = plain.tensor(5, 2);
    double[][] values = Plain.rows(x);
    double[][] expected = normal(values);
    for (int i = 0; i < 5; i++) {
      for (int j = 0; j < 2; j++) {
        double p = Plain.sigmoid(expected[i][j]);
        expected[i][j] = p * values[i][j] + 0.3 * (1 - p) * values[i][j];
      }
    }
    assertClose(graph.run(dice.call(tf, graph.input(x))), expected, "dice");
  }

  @Test
  void diceOfOneRowHalvesIt() {
    WeightStore store = graph.store(1);
    Dice dice = new Dice(store.root().child("d"));
    graph.initialize(store);
    // The row is its own mean, so that p is sigmoid(0).
    assertThat(graph.values(dice.call(tf, graph.constant(new float[] {8, -6}))))
        .containsExactly(4, -3);
  }

  // BatchNormalization

  @Test
  void batchNormalizationOfATrainingStep() {
    WeightStore store = graph.trainingStore(1);
    BatchNormalization norm = new BatchNormalization(store.root().child("bn"), 2);
    assertThat(Plain.shapes(store))
        .containsExactly(
            "bn/gamma [2]", "bn/beta [2]", "bn/moving_mean [2]", "bn/moving_variance [2]");
    assertThat(store.weights())
        .extracting(Weight::trainable)
        .containsExactly(true, true, false, false);
    FloatTensor x = plain.tensor(6, 2);
    ImmutableMap<String, FloatTensor> weights = plain.assign(graph, store);
    double[][] expected = normal(Plain.rows(x));
    for (double[] row : expected) {
      for (int j = 0; j < 2; j++) {
        row[j] = row[j] * weights.get("bn/gamma").values()[j] + weights.get("bn/beta").values()[j];
      }
    }
    assertClose(graph.run(norm.call(tf, graph.input(x))), expected, "by the batch's moments");
  }

  @Test
  void movingStatisticsFollowTheBatchByAHundredth() {
    WeightStore store = graph.trainingStore(1);
    BatchNormalization norm = new BatchNormalization(store.root().child("bn"), 1);
    graph.initialize(store);
    norm.call(tf, graph.constant(new float[] {1}, new float[] {3}, new float[] {8}));
    assertThat(store.updates()).hasSize(2);
    Op step = tf.withControlDependencies(store.updates()).noOp();
    Operand<TFloat32> mean = store.weights().get(2).value();
    Operand<TFloat32> variance = store.weights().get(3).value();
    assertThat(graph.values(mean)).as("before a step").containsExactly(0);
    assertThat(graph.values(variance)).as("before a step").containsExactly(1);
    graph.run(step);
    // Mean 4; squares of -3, -1 and 4, over three rows and not two.
    double expectedMean = 0.01 * 4;
    double expectedVariance = 0.99 + 0.01 * 26 / 3;
    assertThat(graph.values(mean)[0]).isCloseTo((float) expectedMean, within(ROUNDING));
    assertThat(graph.values(variance)[0]).isCloseTo((float) expectedVariance, within(ROUNDING));
    graph.run(step);
    assertThat(graph.values(mean)[0])
        .as("a second step")
        .isCloseTo((float) (0.99 * expectedMean + 0.04), within(ROUNDING));
  }

  @Test
  void inferenceTakesTheMovingStatistics() {
    WeightStore store = graph.trainingStore(1);
    new BatchNormalization(store.root().child("bn"), 2);
    WeightStore inference = store.inference();
    BatchNormalization norm = new BatchNormalization(inference.root().child("bn"), 2);
    new WeightAccess(tf, store.weights())
        .assign(
            graph.session(),
            ImmutableMap.of(
                "bn/gamma", new FloatTensor(Shape.of(2), new float[] {2, 1}),
                "bn/beta", new FloatTensor(Shape.of(2), new float[] {0, 10}),
                "bn/moving_mean", new FloatTensor(Shape.of(2), new float[] {1, -1}),
                "bn/moving_variance", new FloatTensor(Shape.of(2), new float[] {4, 0})));
    Operand<TFloat32> x = graph.constant(new float[] {3, -1}, new float[] {1, 0});
    double scale = 1 / Math.sqrt(4 + EPSILON);
    double[][] expected = {{2 * 2 * scale, 10}, {0, 10 + 1 / Math.sqrt(EPSILON)}};
    assertClose(graph.run(norm.call(tf, x)), expected, "by the moving moments");
    assertThat(inference.updates()).as("inference moves nothing").isEmpty();
  }

  // Dnn

  @Test
  void variablesOfADnnWithNormalizationAndSlopes() {
    WeightStore store = graph.store(1);
    Dnn.Options options = Dnn.units(ImmutableList.of(3, 2)).activation(Activation.PRELU);
    options.useBn(true).build(store.root().child("norm"), 4);
    options.outActive(true).build(store.root().child("out"), 4);
    Dnn.units(ImmutableList.of(3, 2))
        .activation(Activation.DICE)
        .build(store.root().child("dice"), 4);
    assertThat(Plain.shapes(store))
        .containsExactlyInAnyOrder(
            "norm/dense_layers/0/kernel [4, 3]",
            "norm/dense_layers/0/bias [3]",
            "norm/bn_layers/0/gamma [3]",
            "norm/bn_layers/0/beta [3]",
            "norm/bn_layers/0/moving_mean [3]",
            "norm/bn_layers/0/moving_variance [3]",
            "norm/activation_layers/0/alpha [3]",
            "norm/dense_layers/1/kernel [3, 2]",
            "norm/dense_layers/1/bias [2]",
            "out/dense_layers/0/kernel [4, 3]",
            "out/dense_layers/0/bias [3]",
            "out/activation_layers/0/alpha [3]",
            "out/dense_layers/1/kernel [3, 2]",
            "out/dense_layers/1/bias [2]",
            "out/activation_layers/1/alpha [2]",
            "dice/dense_layers/0/kernel [4, 3]",
            "dice/dense_layers/0/bias [3]",
            "dice/activation_layers/0/alpha [1]",
            "dice/dense_layers/1/kernel [3, 2]",
            "dice/dense_layers/1/bias [2]");
  }

  @Test
  void normalizationThenSlopesThenTheLastLayer() {
    WeightStore store = graph.trainingStore(1);
    Dnn dnn =
        Dnn.units(ImmutableList.of(3, 2))
            .activation(Activation.PRELU)
            .useBn(true)
            .build(store.root().child("d"), 4);
    ImmutableMap<String, FloatTensor> weights = plain.assign(graph, store);
    FloatTensor x = plain.tensor(5, 4);
    double[][] hidden =
        normal(Plain.eachRow(Plain.rows(x), row -> Plain.dense(row, weights, "d/dense_layers/0")));
    double[] gamma = Plain.row(weights.get("d/bn_layers/0/gamma"));
    double[] beta = Plain.row(weights.get("d/bn_layers/0/beta"));
    double[] alpha = Plain.row(weights.get("d/activation_layers/0/alpha"));
    for (double[] row : hidden) {
      for (int j = 0; j < 3; j++) {
        double value = gamma[j] * row[j] + beta[j];
        row[j] = value < 0 ? alpha[j] * value : value;
      }
    }
    assertClose(
        graph.run(dnn.call(tf, graph.input(x))),
        Plain.eachRow(hidden, row -> Plain.dense(row, weights, "d/dense_layers/1")),
        "a Dnn of two layers");
  }
}
