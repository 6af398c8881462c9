package io.scenerank.layer;

import static io.scenerank.layer.Plain.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.common.collect.ImmutableMap;
import io.scenerank.layer.PositionEncodingLayer.PositionInitializer;
import io.scenerank.testing.TestGraph;
import io.scenerank.variable.FloatTensor;
import io.scenerank.variable.Weight;
import io.scenerank.variable.WeightStore;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** What becomes of a sequence: positions, and attention with its masks. */
class MultiHeadAttentionTest {
  private static final int DIM = 3;
  private static final int KEY = 2;
  private static final int VALUE = 4;

  /** Padding at the end, in the middle, nowhere, everywhere. */
  private static final int[][] IDS = {{3, 1, 0}, {2, 0, 5}, {1, 2, 3}, {0, 0, 0}};

  private final TestGraph graph = new TestGraph();
  private final Ops tf = graph.tf();
  private final WeightStore store = graph.store(1);
  private final Plain plain = new Plain(1);
  private final FloatTensor x = plain.tensor(IDS.length, IDS[0].length, DIM);

  @AfterEach
  void close() {
    graph.close();
  }

  private MultiHeadAttention attention(int heads, MultiHeadAttention.Masking masking) {
    return attention(heads, 0.2f, masking);
  }

  private MultiHeadAttention attention(
      int heads, float dropout, MultiHeadAttention.Masking masking) {
    return new MultiHeadAttention.Options(heads, KEY, VALUE, dropout, masking)
        .build(store.root().child("m"), DIM);
  }

  private Operand<TFloat32> masked(MultiHeadAttention layer) {
    return layer.call(tf, graph.input(x), Optional.of(tf.constant(IDS)));
  }

  // Attention in plain Java

  /** What a query attends to: shares of the keys. */
  @FunctionalInterface
  private interface Shares {
    double[] of(int row, int query, double[] scores);
  }

  private static double[] plainSoftmax(int row, int query, double[] scores) {
    return Plain.softmax(scores);
  }

  private static double[] keras2(int row, int query, double[] scores) {
    if (IDS[row][query] == 0) {
      double[] alike = new double[scores.length];
      Arrays.fill(alike, 1.0 / scores.length);
      return alike;
    }
    double[] kept = scores.clone();
    for (int key = 0; key < kept.length; key++) {
      kept[key] = IDS[row][key] == 0 ? Double.NEGATIVE_INFINITY : kept[key];
    }
    return Plain.softmax(kept);
  }

  private static double[] keras3(int row, int query, double[] scores) {
    return IDS[row][query] == 0 ? new double[scores.length] : keras2(row, query, scores);
  }

  /** One head of a projection [D, heads, width] of a step. */
  private static double[] project(
      double[] step, ImmutableMap<String, FloatTensor> weights, String name, int head, int width) {
    double[][] kernel = Plain.rows(weights.get("m/" + name + "/kernel")); // [D·heads, width]
    int heads = kernel.length / DIM;
    double[][] ofHead = new double[DIM][];
    for (int i = 0; i < DIM; i++) {
      ofHead[i] = kernel[i * heads + head];
    }
    return Plain.affine(step, ofHead, Plain.rows(weights.get("m/" + name + "/bias"))[head]);
  }

  private double[][] expected(
      ImmutableMap<String, FloatTensor> weights, int heads, Shares sharesOf) {
    int length = IDS[0].length;
    double[][] steps = Plain.rows(x);
    double[][] outputKernel = Plain.rows(weights.get("m/_output_dense/kernel")); // [heads·value, D]
    double[][] out = new double[steps.length][];
    for (int i = 0; i < steps.length; i++) {
      int row = i / length;
      double[] sideBySide = new double[heads * VALUE];
      for (int head = 0; head < heads; head++) {
        double[] query = project(steps[i], weights, "_query_dense", head, KEY);
        double[] scores = new double[length];
        for (int key = 0; key < length; key++) {
          double[] other = project(steps[row * length + key], weights, "_key_dense", head, KEY);
          for (int j = 0; j < KEY; j++) {
            scores[key] += query[j] * other[j] / Math.sqrt(KEY);
          }
        }
        double[] shares = sharesOf.of(row, i % length, scores);
        for (int key = 0; key < length; key++) {
          double[] value = project(steps[row * length + key], weights, "_value_dense", head, VALUE);
          for (int j = 0; j < VALUE; j++) {
            sideBySide[head * VALUE + j] += shares[key] * value[j];
          }
        }
      }
      out[i] =
          Plain.affine(sideBySide, outputKernel, Plain.row(weights.get("m/_output_dense/bias")));
    }
    return out;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void withoutIdsAPlainSoftmax(int heads) {
    MultiHeadAttention layer = attention(heads, MultiHeadAttention.Masking.KERAS2);
    assertThat(Plain.shapes(store))
        .containsExactlyInAnyOrder(
            "m/_query_dense/kernel [3, " + heads + ", 2]",
            "m/_query_dense/bias [" + heads + ", 2]",
            "m/_key_dense/kernel [3, " + heads + ", 2]",
            "m/_key_dense/bias [" + heads + ", 2]",
            "m/_value_dense/kernel [3, " + heads + ", 4]",
            "m/_value_dense/bias [" + heads + ", 4]",
            "m/_output_dense/kernel [" + heads + ", 4, 3]",
            "m/_output_dense/bias [3]");
    ImmutableMap<String, FloatTensor> weights = plain.assign(graph, store);
    FloatTensor out = graph.run(layer.call(tf, graph.input(x), Optional.empty()));
    assertThat(out.shape()).isEqualTo(x.shape());
    assertClose(out, expected(weights, heads, MultiHeadAttentionTest::plainSoftmax), "attention");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void aPaddedQueryOfKeras2AttendsToAllAlike(int heads) {
    MultiHeadAttention layer = attention(heads, MultiHeadAttention.Masking.KERAS2);
    ImmutableMap<String, FloatTensor> weights = plain.assign(graph, store);
    assertClose(
        graph.run(masked(layer)),
        expected(weights, heads, MultiHeadAttentionTest::keras2),
        "attention of Keras 2");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void aPaddedQueryOfKeras3AttendsToNothing(int heads) {
    MultiHeadAttention layer = attention(heads, MultiHeadAttention.Masking.KERAS3);
    ImmutableMap<String, FloatTensor> weights = plain.assign(graph, store);
    FloatTensor out = graph.run(masked(layer));
    assertClose(
        out, expected(weights, heads, MultiHeadAttentionTest::keras3), "attention of Keras 3");
    assertThat(Arrays.copyOfRange(out.values(), 3 * 3 * DIM, 3 * 3 * DIM + DIM))
        .as("only the bias of the output")
        .isEqualTo(weights.get("m/_output_dense/bias").values());
  }

  /** Without dropout Keras 3 takes another path, which leaves the weights as they are. */
  @Test
  void aPaddedQueryOfKeras3WithoutDropoutAttendsToAllAlike() {
    MultiHeadAttention layer = attention(2, 0f, MultiHeadAttention.Masking.KERAS3);
    ImmutableMap<String, FloatTensor> weights = plain.assign(graph, store);
    assertClose(
        graph.run(masked(layer)),
        expected(weights, 2, MultiHeadAttentionTest::keras2),
        "even weights, as in Keras 2");
  }

  @ParameterizedTest
  @EnumSource(MultiHeadAttention.Masking.class)
  void gradientOfASequenceThatIsAllPadding(MultiHeadAttention.Masking masking) {
    MultiHeadAttention layer = attention(1, masking);
    Operand<TFloat32> out =
        layer.call(
            tf,
            graph.input(plain.tensor(1, 3, DIM)),
            Optional.of(tf.constant(new int[][] {{0, 0, 0}})));
    Weight query = store.weights().get(0);
    assertThat(query.path()).isEqualTo("m/_query_dense/kernel");
    Operand<TFloat32> gradient =
        graph
            .graph()
            .addGradients(out.asOutput(), new Output<?>[] {query.value().asOutput()})[0]
            .expect(TFloat32.class);
    plain.assign(graph, store);
    float[] flows = graph.values(gradient);
    if (masking == MultiHeadAttention.Masking.KERAS2) {
      assertThat(flows).as("through the scores of padded queries").doesNotContain(0);
    } else {
      assertThat(flows).containsOnly(0);
    }
  }

  @Test
  void dropsWeightsInTrainingAlone() {
    MultiHeadAttention.Options options =
        new MultiHeadAttention.Options(1, KEY, VALUE, 0.5f, MultiHeadAttention.Masking.KERAS2);
    WeightStore training = graph.trainingStore(1);
    MultiHeadAttention trained = options.build(training.root().child("m"), DIM);
    MultiHeadAttention served = options.build(training.inference().root().child("m"), DIM);
    ImmutableMap<String, FloatTensor> weights = plain.assign(graph, training);
    FloatTensor out = graph.run(masked(served));
    assertClose(out, expected(weights, 1, MultiHeadAttentionTest::keras2), "at inference");
    assertThat(graph.values(masked(trained))).as("in training").isNotEqualTo(out.values());
  }

  // Positions

  private PositionEncodingLayer positions(
      int dims, int maxLen, boolean trainable, PositionInitializer initializer) {
    return new PositionEncodingLayer(store.root().child("p"), dims, maxLen, trainable, initializer);
  }

  @Test
  void everyRowHasTheFirstPositions() {
    PositionEncodingLayer layer = positions(2, 5, true, PositionInitializer.GLOROT_UNIFORM);
    assertThat(Plain.shapes(store)).containsExactly("p/position_embeddings [5, 2]");
    ImmutableMap<String, FloatTensor> weights = plain.assign(graph, store);
    FloatTensor out = graph.run(layer.call(tf, graph.input(x)));
    assertThat(out.shape()).isEqualTo(Shape.of(IDS.length, 3, 2));
    float[] first = Arrays.copyOf(weights.get("p/position_embeddings").values(), 3 * 2);
    for (int row = 0; row < IDS.length; row++) {
      assertThat(Arrays.copyOfRange(out.values(), row * 6, row * 6 + 6))
          .as("row %s", row)
          .isEqualTo(first);
    }
  }

  @Test
  void aSequenceMayBeAsLongAsThereArePositions() {
    PositionEncodingLayer layer = positions(DIM, 3, true, PositionInitializer.GLOROT_UNIFORM);
    graph.initialize(store);
    assertThat(graph.run(layer.positions(tf, graph.input(x))).shape()).isEqualTo(Shape.of(3, DIM));
    Placeholder<TFloat32> longer =
        tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 4, DIM)));
    assertThatThrownBy(() -> layer.call(tf, longer))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the sequence has 4 steps, expected at most max_len 3");
  }

  @Test
  void sinusoidalPositions() {
    positions(5, 3, false, PositionInitializer.SINUSOIDAL);
    graph.initialize(store);
    float[] values = graph.values(store.weights().get(0).value());
    assertThat(Arrays.copyOf(values, 5)).as("position 0").containsExactly(0, 1, 0, 1, 0);
    // Places 0 and 1 turn with the position, 2 and 3 by 10000^(2/5), 4 by 10000^(4/5).
    double slow = Math.pow(10000, -0.4);
    double slower = Math.pow(10000, -0.8);
    float[] second = {
      (float) Math.sin(2),
      (float) Math.cos(2),
      (float) Math.sin(2 * slow),
      (float) Math.cos(2 * slow),
      (float) Math.sin(2 * slower)
    };
    assertThat(Arrays.copyOfRange(values, 10, 15))
        .as("position 2")
        .containsExactly(second, within(1e-7f));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whetherPositionsAreTrained(boolean trainable) {
    positions(2, 3, trainable, PositionInitializer.SINUSOIDAL);
    assertThat(store.weights()).extracting(Weight::trainable).containsExactly(trainable);
  }

  @Test
  void glorotUniformPositionsStayInTheirRange() {
    positions(4, 20, true, PositionInitializer.GLOROT_UNIFORM);
    graph.initialize(store);
    float limit = (float) Math.sqrt(6.0 / (20 + 4));
    float[] values = graph.values(store.weights().get(0).value());
    float largest = 0;
    for (float value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    assertThat(largest).isBetween(0.8f * limit, limit);
  }

  @Test
  void aBatchWithoutRows() {
    Placeholder<TInt32> ids = tf.placeholder(TInt32.class, Placeholder.shape(Shape.of(-1, 3)));
    Placeholder<TFloat32> open =
        tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 3, DIM)));
    Operand<TFloat32> out =
        attention(2, MultiHeadAttention.Masking.KERAS2).call(tf, open, Optional.of(ids));
    assertThat(out.shape().numDimensions()).isEqualTo(3);
    graph.initialize(store);
    graph.set(ids, TInt32.tensorOf(Shape.of(0, 3)));
    graph.set(open, TFloat32.tensorOf(Shape.of(0, 3, DIM)));
    assertThat(graph.run(out).shape()).as("no row").isEqualTo(Shape.of(0, 3, DIM));
  }
}
