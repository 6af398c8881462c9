package io.scenerank.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.testing.TestGraph;
import io.scenerank.variable.FloatTensor;
import io.scenerank.variable.Seeds;
import io.scenerank.variable.Shapes;
import io.scenerank.variable.WeightAccess;
import io.scenerank.variable.WeightStore;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Small layers against their formulas. */
class LayersTest {
  /** A few roundings of float32 numbers around 1. */
  private static final float ROUNDING = 1e-6f;

  private final TestGraph graph = new TestGraph();
  private final Ops tf = graph.tf();

  @AfterEach
  void close() {
    graph.close();
  }

  private void assign(WeightStore store, ImmutableMap<String, FloatTensor> values) {
    new WeightAccess(tf, store.weights()).assign(graph.session(), values);
  }

  private static FloatTensor tensor(Shape shape, float... values) {
    return new FloatTensor(shape, values);
  }

  // Activations

  @ParameterizedTest
  @CsvSource({
    "LINEAR,-2,-2",
    "LINEAR,3,3",
    "RELU,-2,0",
    "RELU,3,3",
    "LEAKY_RELU,-2,-0.4",
    "LEAKY_RELU,3,3",
    "LEAKY_RELU,0,0",
    "SIGMOID,-2,0.11920292",
    "SIGMOID,0,0.5",
    "TANH,-2,-0.96402758",
    "TANH,0,0"
  })
  void activation(Activation activation, float x, float expected) {
    float[] out = graph.values(function(activation).call(tf, graph.constant(new float[] {x})));
    assertThat(out[0]).as("%s(%s)", activation, x).isCloseTo(expected, within(ROUNDING));
  }

  @Test
  void leakyReluLeadsAFifthOfTheGradient() {
    Operand<TFloat32> x = graph.constant(new float[] {-3, 3});
    Operand<TFloat32> gradient =
        graph
            .graph()
            .addGradients(
                function(Activation.LEAKY_RELU).call(tf, x).asOutput(),
                new org.tensorflow.Output<?>[] {x.asOutput()})[0]
            .expect(TFloat32.class);
    assertThat(graph.values(gradient)).containsExactly(0.2f, 1f);
  }

  // MaskedMean

  @Test
  void maskedMeanCountsWhatIsNoPadding() {
    Operand<TInt32> ids = tf.constant(new int[][] {{3, 0, 0}, {1, 2, 0}, {1, 2, 3}, {0, 0, 0}});
    Operand<TFloat32> mean = new MaskedMean(true).call(tf, ids, embeddings());
    // Padding in front counts as little as padding behind: only the id tells.
    assertThat(graph.run(mean).shape()).isEqualTo(Shape.of(4, 2));
    assertThat(graph.values(mean))
        .containsExactly(1, 10, (3 + 5) / 2f, (30 + 50) / 2f, 11, 110, 0, 0);
  }

  @Test
  void paddingMayStandAnywhere() {
    Operand<TInt32> ids = tf.constant(new int[][] {{0, 0, 5}, {0, 2, 0}, {1, 0, 3}, {0, 1, 1}});
    assertThat(graph.values(new MaskedMean(true).call(tf, ids, embeddings())))
        .containsExactly(3, 30, 5, 50, (9 + 13) / 2f, (90 + 130) / 2f, 19, 190);
  }

  @Test
  void withoutMaskEveryIdCounts() {
    Operand<TInt32> ids = tf.constant(new int[][] {{3, 0, 0}, {1, 2, 0}, {1, 2, 3}, {0, 0, 0}});
    assertThat(graph.values(new MaskedMean(false).call(tf, ids, embeddings())))
        .containsExactly(2, 20, 5, 50, 11, 110, 18, 180);
  }

  private Operand<TFloat32> embeddings() {
    return tf.constant(
        new float[][][] {
          {{1, 10}, {2, 20}, {3, 30}},
          {{3, 30}, {5, 50}, {7, 70}},
          {{9, 90}, {11, 110}, {13, 130}},
          {{16, 160}, {18, 180}, {20, 200}}
        });
  }

  // PredictLayer

  @Test
  void predictLayerOfAWideInputHasAKernel() {
    WeightStore store = graph.store(1);
    PredictLayer layer = new PredictLayer(store.root().child("click"), 3, false);
    assertThat(store.parts().keySet()).containsExactly("click/dense_layer/kernel");
    assign(store, ImmutableMap.of("click/dense_layer/kernel", tensor(Shape.of(3, 1), 1f, 2f, -1f)));
    Operand<TFloat32> x = graph.constant(new float[] {1, 1, 3}, new float[] {1, 1, 1});
    assertThat(graph.values(layer.logit(tf, x))).containsExactly(0, 2);
    assertThat(graph.values(layer.call(tf, x))[0]).isEqualTo(0.5f);
  }

  @Test
  void predictLayerOfAWideInputWithBias() {
    WeightStore store = graph.store(1);
    new PredictLayer(store.root().child("click"), 3, true);
    assertThat(store.parts().keySet())
        .containsExactly("click/dense_layer/kernel", "click/dense_layer/bias");
  }

  @Test
  void predictLayerOfANarrowInputHasNoVariable() {
    WeightStore store = graph.store(1);
    PredictLayer layer = new PredictLayer(store.root().child("click"), 1, false);
    assertThat(store.parts()).isEmpty();
    Operand<TFloat32> x = graph.constant(new float[] {-1.5f}, new float[] {0});
    assertThat(graph.values(layer.logit(tf, x))).containsExactly(-1.5f, 0);
    assertThat(graph.values(layer.call(tf, x))[1]).isEqualTo(0.5f);
  }

  @Test
  void predictLayerOfANarrowInputWithBias() {
    WeightStore store = graph.store(1);
    PredictLayer layer = new PredictLayer(store.root().child("click"), 1, true);
    assertThat(store.parts().keySet()).containsExactly("click/global_bias");
    assign(store, ImmutableMap.of("click/global_bias", tensor(Shape.of(1), 2f)));
    assertThat(graph.values(layer.logit(tf, graph.constant(new float[] {-1.5f}))))
        .containsExactly(0.5f);
  }

  // Dense and Dnn

  @Test
  void denseTakesMoreAxesThanTwo() {
    WeightStore store = graph.store(1);
    Dense dense = Dense.units(2).activation(Activation.RELU).build(store.root().child("d"), 2);
    assign(
        store,
        ImmutableMap.of(
            "d/kernel", tensor(Shape.of(2, 2), 1, 0, 0, -1),
            "d/bias", tensor(Shape.of(2), 0.5f, 1)));
    Placeholder<TFloat32> x = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 2, 2)));
    graph.set(x, tensor(Shape.of(1, 2, 2), 1, 2, -3, -4).toTensor());
    FloatTensor out = graph.run(dense.call(tf, x));
    assertThat(out.shape()).isEqualTo(Shape.of(1, 2, 2));
    assertThat(out.values()).containsExactly(1.5f, 0, 0, 5);
  }

  @Test
  void denseWithoutBias() {
    WeightStore store = graph.store(1);
    Dense.units(2).useBias(false).build(store.root().child("d"), 2);
    assertThat(store.parts().keySet()).containsExactly("d/kernel");
  }

  @Test
  void oneLayerOfADnnIsAPlainAffineMap() {
    WeightStore store = graph.store(1);
    Dnn.Options options = Dnn.units(ImmutableList.of(1)).activation(Activation.RELU);
    Dnn plain = options.build(store.root().child("plain"), 1);
    Dnn active = options.outActive(true).build(store.root().child("active"), 1);
    assertThat(store.parts().keySet())
        .containsExactly(
            "plain/dense_layers/0/kernel",
            "plain/dense_layers/0/bias",
            "active/dense_layers/0/kernel",
            "active/dense_layers/0/bias");
    ImmutableMap.Builder<String, FloatTensor> values = ImmutableMap.builder();
    store.parts().forEach((path, part) -> values.put(path, new FloatTensor(part.shape(), ones())));
    assign(store, values.buildOrThrow());
    Operand<TFloat32> x = graph.constant(new float[] {-3});
    assertThat(graph.values(plain.call(tf, x))).containsExactly(-2);
    assertThat(graph.values(active.call(tf, x))).containsExactly(0);
  }

  private static float[] ones() {
    return new float[] {1};
  }

  @Test
  void activationAndDropoutOfADnnLeaveTheLastLayerAlone() {
    WeightStore store = graph.trainingStore(1);
    Dnn dnn =
        Dnn.units(ImmutableList.of(1, 1))
            .activation(Activation.RELU)
            .dropoutRate(0.5f)
            .build(store.root().child("d"), 1);
    ImmutableMap.Builder<String, FloatTensor> values = ImmutableMap.builder();
    store.parts().forEach((path, part) -> values.put(path, new FloatTensor(part.shape(), ones())));
    assign(store, values.buildOrThrow());
    Operand<TFloat32> x = tf.fill(tf.constant(new int[] {1000, 1}), tf.constant(2f));
    // relu(2 + 1) = 3; dropped to 0 or scaled to 6; + 1, never dropped.
    assertThat(graph.values(dnn.call(tf, x))).containsOnly(1, 7).contains(1, 7);
  }

  @Test
  void dnnNeedsALayer() {
    assertThatThrownBy(() -> Dnn.units(ImmutableList.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a Dnn needs at least one layer");
  }

  // Gates

  @Test
  void gateLiesBetween0AndGamma() {
    WeightStore store = graph.store(1);
    GateNu gate = GateNu.hiddenUnits(1, 1).gamma(4f).build(store.root().child("g"), 1);
    ImmutableMap.Builder<String, FloatTensor> values = ImmutableMap.builder();
    store.parts().forEach((path, part) -> values.put(path, new FloatTensor(part.shape(), ones())));
    assign(store, values.buildOrThrow());
    Operand<TFloat32> x = graph.constant(new float[] {-5}, new float[] {0}, new float[] {100});
    float[] out = graph.values(gate.call(tf, x));
    // 4 · sigmoid(relu(x + 1) + 1)
    assertThat(out[0]).isCloseTo(4 * 0.7310586f, within(4 * ROUNDING));
    assertThat(out[1]).isCloseTo(4 * 0.8807971f, within(4 * ROUNDING));
    assertThat(out[2]).isEqualTo(4f);
  }

  @Test
  void gatesOfEpNetAndPpNetStopTheGradientOfTheirPrior() {
    WeightStore store = graph.store(1);
    EpNet epNet = new EpNet(store.root().child("ep"), 1, 2, 0f);
    Operand<TFloat32> domain = graph.constant(new float[] {0.3f});
    Operand<TFloat32> emb = graph.constant(new float[] {0.5f, -0.7f});
    Operand<TFloat32> out = epNet.call(tf, domain, emb);
    Operand<TFloat32> gradient =
        graph
            .graph()
            .addGradients(out.asOutput(), new org.tensorflow.Output<?>[] {emb.asOutput()})[0]
            .expect(TFloat32.class);
    graph.initialize(store);
    float[] gate = graph.values(tf.math.div(out, emb));
    float[] flows = graph.values(gradient);
    // With a gradient through the gate, d out / d emb would not be the gate itself.
    for (int i = 0; i < 2; i++) {
      assertThat(flows[i]).isCloseTo(gate[i], within(ROUNDING));
    }
  }

  // Shapes and seeds

  @Test
  void lastDimension() {
    assertThat(Shapes.last(graph.constant(new float[] {1, 2, 3}))).isEqualTo(3);
    Placeholder<TFloat32> unknown =
        tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(2, -1)));
    assertThatThrownBy(() -> Shapes.last(unknown))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("last dimension unknown");
  }

  @Test
  void seedsDependOnPathAndSeed() {
    Seeds seeds = new Seeds(1);
    assertThat(List.of(seeds.of("a"), seeds.of("b"), new Seeds(2).of("a")))
        .doesNotHaveDuplicates()
        .allMatch(seed -> seed >= 0);
    assertThat(new Seeds(1).of("a")).isEqualTo(seeds.of("a"));
  }

  @Test
  void aGivenSeedIsTakenAsItIs() {
    Seeds seeds = new Seeds(1, ImmutableMap.of("a", -7));
    assertThat(seeds.of("a")).isEqualTo(-7);
    assertThat(seeds.of("b")).as("derived").isEqualTo(new Seeds(1).of("b"));
  }

  private ActivationFunction function(Activation activation) {
    return activation.build(graph.store(1).root(), Shape.of(1));
  }
}
