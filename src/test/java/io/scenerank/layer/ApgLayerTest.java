package io.scenerank.layer;

import static io.scenerank.layer.Plain.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableMap;
import io.scenerank.testing.TestGraph;
import io.scenerank.variable.FloatTensor;
import io.scenerank.variable.Weight;
import io.scenerank.variable.WeightStore;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.ndarray.Shape;

/** The layer's three shapes against their products row by row. */
class ApgLayerTest {
  private static final int ROWS = 4;
  private static final int IN = 5;
  private static final int OUT = 6;
  private static final int Z = 3;

  private final TestGraph graph = new TestGraph();
  private final WeightStore store = graph.store(1);
  private final Plain plain = new Plain(1);
  private final FloatTensor x = plain.tensor(ROWS, IN);
  private final FloatTensor z = plain.tensor(ROWS, Z);

  @AfterEach
  void close() {
    graph.close();
  }

  /** k = ceil(5 / 2) = 3, p = ceil(5 / 3) = 2. */
  private static ApgLayer.Options options(boolean uvShared, boolean p) {
    return new ApgLayer.Options(
        OUT, Activation.SIGMOID, Activation.RELU, Activation.TANH, uvShared, p, 2, 3, 0.5f);
  }

  private FloatTensor run(ApgLayer layer) {
    return graph.run(
        layer.call(graph.tf(), graph.input(x), Condition.perRow(graph.input(z)))); // [B, out]
  }

  /** {@code x · W(z) + b(z)}; the generating networks of one layer apply no activation. */
  private static double[] specific(
      double[] x, double[] z, ImmutableMap<String, FloatTensor> weights, String name, int out) {
    double[] w = Plain.dense(z, weights, "a/specific_weight_" + name + "/dense_layers/0");
    double[] bias = Plain.dense(z, weights, "a/specific_bias_" + name + "/dense_layers/0");
    return Plain.affine(x, Plain.reshape(w, out), bias);
  }

  private static double[] shared(
      double[] x, ImmutableMap<String, FloatTensor> weights, String name) {
    return Plain.affine(
        x,
        Plain.rows(weights.get("a/shared_weight_" + name)),
        Plain.row(weights.get("a/shared_bias_" + name)));
  }

  private double[][] expected(Function<Integer, double[]> ofRow) {
    double[][] expected = new double[ROWS][];
    for (int row = 0; row < ROWS; row++) {
      expected[row] = Plain.map(ofRow.apply(row), Plain::sigmoid);
    }
    return expected;
  }

  private static double[] tanh(double[] x) {
    return Plain.map(x, Math::tanh);
  }

  @Test
  void overParameterised() {
    ApgLayer layer = options(true, true).build(store.root().child("a"), IN, Z);
    assertThat(Plain.shapes(store))
        .containsExactlyInAnyOrder(
            "a/shared_weight_np [5, 2]",
            "a/shared_bias_np [2]",
            "a/shared_weight_pk [2, 3]",
            "a/shared_bias_pk [3]",
            "a/specific_weight_kk/dense_layers/0/kernel [3, 9]",
            "a/specific_weight_kk/dense_layers/0/bias [9]",
            "a/specific_bias_kk/dense_layers/0/kernel [3, 3]",
            "a/specific_bias_kk/dense_layers/0/bias [3]",
            "a/shared_weight_kp [3, 2]",
            "a/shared_bias_kp [2]",
            "a/shared_weight_pm [2, 6]",
            "a/shared_bias_pm [6]");
    assertThat(store.weights())
        .filteredOn(weight -> weight.l2Reg() > 0)
        .extracting(Weight::path)
        .as("the shared weights alone are regularised")
        .containsExactlyInAnyOrder(
            "a/shared_weight_np", "a/shared_weight_pk", "a/shared_weight_kp", "a/shared_weight_pm");
    ImmutableMap<String, FloatTensor> weights = plain.assign(graph, store);
    assertClose(
        run(layer),
        expected(
            row -> {
              double[] p = tanh(shared(Plain.rows(x)[row], weights, "np"));
              double[] k = tanh(shared(p, weights, "pk"));
              double[] s = tanh(specific(k, Plain.rows(z)[row], weights, "kk", 3));
              return shared(tanh(shared(s, weights, "kp")), weights, "pm");
            }),
        "x · N_p · N_k · S · M_p · M");
  }

  @Test
  void sharedWithoutP() {
    ApgLayer layer = options(true, false).build(store.root().child("a"), IN, Z);
    assertThat(Plain.shapes(store))
        .containsExactlyInAnyOrder(
            "a/shared_weight_nk [5, 3]",
            "a/shared_bias_nk [3]",
            "a/specific_weight_kk/dense_layers/0/kernel [3, 9]",
            "a/specific_weight_kk/dense_layers/0/bias [9]",
            "a/specific_bias_kk/dense_layers/0/kernel [3, 3]",
            "a/specific_bias_kk/dense_layers/0/bias [3]",
            "a/shared_weight_km [3, 6]",
            "a/shared_bias_km [6]");
    ImmutableMap<String, FloatTensor> weights = plain.assign(graph, store);
    assertClose(
        run(layer),
        expected(
            row -> {
              double[] k = tanh(shared(Plain.rows(x)[row], weights, "nk"));
              double[] s = tanh(specific(k, Plain.rows(z)[row], weights, "kk", 3));
              return shared(s, weights, "km");
            }),
        "x · N · S · M");
  }

  @Test
  void notShared() {
    ApgLayer layer = options(false, true).build(store.root().child("a"), IN, Z);
    assertThat(Plain.shapes(store))
        .containsExactlyInAnyOrder(
            "a/specific_weight_nk/dense_layers/0/kernel [3, 15]",
            "a/specific_weight_nk/dense_layers/0/bias [15]",
            "a/specific_bias_nk/dense_layers/0/kernel [3, 3]",
            "a/specific_bias_nk/dense_layers/0/bias [3]",
            "a/specific_weight_kk/dense_layers/0/kernel [3, 9]",
            "a/specific_weight_kk/dense_layers/0/bias [9]",
            "a/specific_bias_kk/dense_layers/0/kernel [3, 3]",
            "a/specific_bias_kk/dense_layers/0/bias [3]",
            "a/specific_weight_km/dense_layers/0/kernel [3, 18]",
            "a/specific_weight_km/dense_layers/0/bias [18]",
            "a/specific_bias_km/dense_layers/0/kernel [3, 6]",
            "a/specific_bias_km/dense_layers/0/bias [6]");
    ImmutableMap<String, FloatTensor> weights = plain.assign(graph, store);
    assertClose(
        run(layer),
        expected(
            row -> {
              double[] scene = Plain.rows(z)[row];
              double[] k = tanh(specific(Plain.rows(x)[row], scene, weights, "nk", 3));
              double[] s = tanh(specific(k, scene, weights, "kk", 3));
              return specific(s, scene, weights, "km", OUT);
            }),
        "x · N(z) · S · M(z)");
  }

  @ParameterizedTest
  @CsvSource({
    "256,128,4,32", // the smaller of both
    "128,256,4,32",
    "5,6,2,3", // rounded up
    "6,6,2,3",
    "3,9,4,1",
    "7,9,1,7",
    "5,6,2147483647,1"
  })
  void widthOfTheGeneratedMatrix(int in, int out, int divisor, int width) {
    ApgLayer.Options options =
        new ApgLayer.Options(
            out,
            Activation.RELU,
            Activation.LINEAR,
            Activation.LINEAR,
            true,
            true,
            divisor,
            divisor,
            0f);
    assertThat(options.kDim(in)).as("k").isEqualTo(width);
    assertThat(options.pDim(in)).as("p").isEqualTo(width);
  }

  @Test
  void defaultsAreThePythonClass() {
    assertThat(ApgLayer.outputDim(9))
        .isEqualTo(
            new ApgLayer.Options(
                9, Activation.RELU, Activation.LINEAR, Activation.LINEAR, true, true, 16, 4, 0f));
  }

  // Slopes

  @Test
  void slopesOfTheInnerProductsStandOnce() {
    new ApgLayer.Options(
            OUT, Activation.PRELU, Activation.LINEAR, Activation.PRELU, true, true, 2, 2, 0f)
        .build(store.root().child("a"), IN, Z);
    assertThat(store.parts().get("a/activation/alpha").shape()).isEqualTo(Shape.of(6));
    assertThat(store.parts().get("a/inner_activation/alpha").shape()).isEqualTo(Shape.of(3));
  }

  @Test
  void slopesOfTwoWidths() {
    ApgLayer.Options options =
        new ApgLayer.Options(
            OUT, Activation.RELU, Activation.LINEAR, Activation.PRELU, true, true, 2, 3, 0f);
    assertThatThrownBy(() -> options.build(store.root().child("a"), IN, Z))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "inner_activation is prelu, whose slopes apply to all inner products, but k is 3 and p"
                + " is 2; expected mf_k = mf_p");
    assertThat(store.weights()).as("nothing is left half built").isEmpty();
  }
}
