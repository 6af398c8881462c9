package io.scenerank.layer;

import static io.scenerank.layer.Plain.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableMap;
import io.scenerank.testing.TestGraph;
import io.scenerank.variable.FloatTensor;
import io.scenerank.variable.LayerScope;
import io.scenerank.variable.Weight;
import io.scenerank.variable.WeightStore;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** M2M's layers with generated weights, against loops over their rows. */
class MetaUnitTest {
  private static final int ROWS = 4;
  private static final int SCENARIO = 2;
  private static final MetaUnit.Options TWO_LAYERS =
      new MetaUnit.Options(2, Activation.LEAKY_RELU, 0f, 0f, 1);

  private final TestGraph graph = new TestGraph();
  private final Ops tf = graph.tf();
  private final WeightStore store = graph.store(1);
  private final Plain plain = new Plain(1);
  private final FloatTensor scenarios = plain.tensor(ROWS, SCENARIO);

  @AfterEach
  void close() {
    graph.close();
  }

  /** The unit of two layers at {@code path}, of one vector x. */
  private double[] unit(
      double[] x, int row, ImmutableMap<String, FloatTensor> weights, String path) {
    double[] scenario = Plain.rows(scenarios)[row];
    double[] out = x;
    for (int i = 0; i < 2; i++) {
      double[] w = Plain.dense(scenario, weights, path + "/weights_dense/" + i);
      double[] b = Plain.dense(scenario, weights, path + "/bias_dense/" + i);
      out = Plain.map(Plain.affine(out, Plain.reshape(w, x.length), b), Plain::leakyRelu);
    }
    return out;
  }

  private MetaUnit.Generated generate(MetaUnit unit) {
    return unit.generate(tf, graph.input(scenarios));
  }

  private static List<String> shapesOfAUnit(String path, int d) {
    return List.of(
        path + "/weights_dense/0/kernel [2, " + d * d + "]",
        path + "/weights_dense/0/bias [" + d * d + "]",
        path + "/weights_dense/1/kernel [2, " + d * d + "]",
        path + "/weights_dense/1/bias [" + d * d + "]",
        path + "/bias_dense/0/kernel [2, " + d + "]",
        path + "/bias_dense/0/bias [" + d + "]",
        path + "/bias_dense/1/kernel [2, " + d + "]",
        path + "/bias_dense/1/bias [" + d + "]");
  }

  // MetaUnit

  @Test
  void unitOfAVectorARow() {
    MetaUnit unit = TWO_LAYERS.build(store.root().child("u"), 3, 1, SCENARIO);
    assertThat(Plain.shapes(store)).containsExactlyInAnyOrderElementsOf(shapesOfAUnit("u", 3));
    ImmutableMap<String, FloatTensor> weights = plain.assign(graph, store);
    FloatTensor x = plain.tensor(ROWS, 3);
    FloatTensor out = graph.run(generate(unit).call(tf, graph.input(x), 0));
    assertThat(out.shape()).isEqualTo(Shape.of(ROWS, 3));
    double[][] expected = new double[ROWS][];
    for (int row = 0; row < ROWS; row++) {
      expected[row] = unit(Plain.rows(x)[row], row, weights, "u");
    }
    assertClose(out, expected, "unit of [B, d]");
  }

  @Test
  void unitOfSeveralVectorsARowTreatsThemAlike() {
    MetaUnit unit = TWO_LAYERS.build(store.root().child("u"), 3, 2, SCENARIO);
    ImmutableMap<String, FloatTensor> weights = plain.assign(graph, store);
    FloatTensor x = plain.tensor(ROWS, 2, 3);
    FloatTensor out = graph.run(generate(unit).call(tf, graph.input(x), 0));
    assertThat(out.shape()).isEqualTo(Shape.of(ROWS, 2, 3));
    double[][] expected = new double[ROWS * 2][];
    for (int i = 0; i < ROWS * 2; i++) {
      expected[i] = unit(Plain.rows(x)[i], i / 2, weights, "u");
    }
    assertClose(out, expected, "unit of [B, n, d]");
  }

  @Test
  void slopesOfAUnit() {
    new MetaUnit.Options(1, Activation.PRELU, 0f, 0f, 1)
        .build(store.root().child("wide"), 3, 2, SCENARIO);
    new MetaUnit.Options(1, Activation.PRELU, 0f, 0f, 1)
        .build(store.root().child("flat"), 3, 1, SCENARIO);
    new MetaUnit.Options(1, Activation.DICE, 0f, 0f, 1)
        .build(store.root().child("dice"), 3, 2, SCENARIO);
    assertThat(Plain.shapes(store))
        .contains(
            "wide/activation_list/0/alpha [2, 3]",
            "flat/activation_list/0/alpha [1, 3]",
            "dice/activation_list/0/alpha [1]");
  }

  @Test
  void regulariserOfTheGeneratingKernels() {
    new MetaUnit.Options(1, Activation.LEAKY_RELU, 0f, 0.25f, 1)
        .build(store.root().child("u"), 3, 1, SCENARIO);
    assertThat(store.weights())
        .filteredOn(weight -> weight.l2Reg() == 0.25f)
        .extracting(Weight::path)
        .containsExactlyInAnyOrder("u/weights_dense/0/kernel", "u/bias_dense/0/kernel");
  }

  @Test
  void aSharedUnitDropsAnewAtEachCall() {
    WeightStore training = graph.trainingStore(1);
    MetaUnit unit =
        new MetaUnit.Options(1, Activation.LINEAR, 0.5f, 0f, 2)
            .build(training.root().child("u"), 40, 1, SCENARIO);
    MetaUnit.Generated generated = generate(unit);
    Operand<TFloat32> x = graph.input(plain.tensor(ROWS, 40));
    Operand<TFloat32> first = generated.call(tf, x, 0);
    Operand<TFloat32> second = generated.call(tf, x, 1);
    plain.assign(graph, training);
    float[] drawn = graph.values(first);
    assertThat(graph.values(second)).as("the second call of a step").isNotEqualTo(drawn);
    assertThat(graph.values(first)).as("the first call of the same step").isEqualTo(drawn);
  }

  // MetaAttention

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void attentionSumsTheExpertsByTheirScores(boolean softmax) {
    LayerScope scope = store.root().child("a");
    MetaAttention attention = new MetaAttention(scope, 2, softmax);
    MetaUnit unit = TWO_LAYERS.build(MetaAttention.ownUnit(scope), 4, 3, SCENARIO);
    assertThat(Plain.shapes(store))
        .contains("a/dense/kernel [4, 1]", "a/dense/bias [1]")
        .containsAll(shapesOfAUnit("a/meta_unit", 4))
        .hasSize(10);
    ImmutableMap<String, FloatTensor> weights = plain.assign(graph, store);
    FloatTensor experts = plain.tensor(ROWS, 3, 2);
    FloatTensor tasks = plain.tensor(ROWS, 2);
    double[][] expected = new double[ROWS][2];
    for (int row = 0; row < ROWS; row++) {
      double[] task = Plain.rows(tasks)[row];
      double[] scores = new double[3];
      for (int n = 0; n < 3; n++) {
        double[] expert = Plain.rows(experts)[row * 3 + n];
        double[] pair = {expert[0], expert[1], task[0], task[1]};
        scores[n] = Plain.dense(unit(pair, row, weights, "a/meta_unit"), weights, "a/dense")[0];
      }
      double[] shares = softmax ? Plain.softmax(scores) : scores;
      for (int n = 0; n < 3; n++) {
        for (int j = 0; j < 2; j++) {
          expected[row][j] += shares[n] * Plain.rows(experts)[row * 3 + n][j];
        }
      }
    }
    Operand<TFloat32> out =
        attention.call(tf, graph.input(experts), graph.input(tasks), generate(unit), 0);
    assertClose(graph.run(out), expected, "sum of the experts");
  }

  @Test
  void oneTaskViewServesAllRows() {
    LayerScope scope = store.root().child("a");
    MetaAttention attention = new MetaAttention(scope, 2, false);
    MetaUnit unit = TWO_LAYERS.build(MetaAttention.ownUnit(scope), 4, 3, SCENARIO);
    plain.assign(graph, store);
    Operand<TFloat32> experts = graph.input(plain.tensor(ROWS, 3, 2));
    Operand<TFloat32> one = graph.input(plain.tensor(1, 2));
    Operand<TFloat32> repeated = tf.tile(one, tf.constant(new int[] {ROWS, 1}));
    MetaUnit.Generated generated = generate(unit);
    assertThat(graph.values(attention.call(tf, experts, one, generated, 0)))
        .isEqualTo(graph.values(attention.call(tf, experts, repeated, generated, 0)));
  }

  // MetaTower

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void towerAppliesTheActivationOnceMore(boolean residual) {
    LayerScope scope = store.root().child("t");
    MetaTower tower = new MetaTower.Options(2, Activation.LEAKY_RELU, 0f, residual).build(scope, 3);
    MetaUnit first = TWO_LAYERS.build(MetaTower.ownUnit(scope, 0), 3, 1, SCENARIO);
    MetaUnit second = TWO_LAYERS.build(MetaTower.ownUnit(scope, 1), 3, 1, SCENARIO);
    assertThat(Plain.shapes(store))
        .containsAll(shapesOfAUnit("t/layers/0", 3))
        .containsAll(shapesOfAUnit("t/layers/1", 3))
        .as("leaky_relu has no variable")
        .hasSize(16);
    ImmutableMap<String, FloatTensor> weights = plain.assign(graph, store);
    FloatTensor x = plain.tensor(ROWS, 3);
    double[][] expected = Plain.rows(x);
    for (int row = 0; row < ROWS; row++) {
      for (String path : List.of("t/layers/0", "t/layers/1")) {
        double[] meta = unit(expected[row], row, weights, path);
        for (int j = 0; j < 3; j++) {
          meta[j] = Plain.leakyRelu(meta[j] + (residual ? expected[row][j] : 0));
        }
        expected[row] = meta;
      }
    }
    List<MetaTower.Step> steps =
        List.of(new MetaTower.Step(generate(first), 0), new MetaTower.Step(generate(second), 0));
    assertClose(graph.run(tower.call(tf, graph.input(x), steps)), expected, "tower");
  }

  @Test
  void slopesOfATower() {
    new MetaTower.Options(2, Activation.PRELU, 0f, false).build(store.root().child("t"), 3);
    assertThat(Plain.shapes(store))
        .containsExactly("t/activation_list/0/alpha [3]", "t/activation_list/1/alpha [3]");
  }

  // TaskEmbedding

  @Test
  void taskEmbeddingIsOneVector() {
    TaskEmbedding embedding = new TaskEmbedding(store.root().child("task_emb_0"), 3);
    assertThat(Plain.shapes(store)).containsExactly("task_emb_0/emb/embeddings [1, 3]");
    ImmutableMap<String, FloatTensor> weights = plain.assign(graph, store);
    FloatTensor out = graph.run(embedding.call(tf));
    assertThat(out.shape()).isEqualTo(Shape.of(1, 3));
    assertThat(out.values()).isEqualTo(weights.get("task_emb_0/emb/embeddings").values());
  }
}
