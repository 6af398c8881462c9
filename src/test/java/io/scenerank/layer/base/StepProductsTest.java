package io.scenerank.layer.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.scenerank.testing.TestGraph;
import io.scenerank.testing.TestLayers;
import io.scenerank.train.optimizer.Gradients;
import io.scenerank.variable.FloatTensor;
import io.scenerank.variable.Weight;
import io.scenerank.variable.WeightStore;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TFloating;

/** A Dense on a concatenation over steps gives what it gives on the same values as one tensor. */
class StepProductsTest {
  private static final int ROWS = 3;
  private static final int STEPS = 4;
  private static final int WIDTH = 5;

  /**
   * q is the query, repeated for all steps, k and z are keys; minus and times are of the two
   * letters around.
   *
   * @param products number of matrix products that the layer takes; 1 where nothing is gained
   */
  @ParameterizedTest
  @CsvSource({
    "q k q-k q*k, true, 3",
    "q k k-q q*k, false, 3",
    "k-q k q, true, 2",
    "q k, true, 2",
    "q q, true, 1",
    "q k k, true, 2",
    "q k q-z, true, 3",
    "q k q-q k-k, false, 2",
    "k z k-z, true, 1",
    "k z k*z, false, 1",
  })
  void takenApartIsTheSame(String parts, boolean bias, int products) {
    Map<String, float[]> whole = numbers(parts, bias, false, 1);
    Map<String, float[]> apart = numbers(parts, bias, true, products);
    assertThat(apart.keySet()).isEqualTo(whole.keySet());
    whole.forEach(
        (name, expected) -> {
          assertThat(apart.get(name)).as(name).hasSameSizeAs(expected);
          for (int i = 0; i < expected.length; i++) {
            assertThat(apart.get(name)[i])
                .as("%s, value %d", name, i)
                .isCloseTo(expected[i], within(2e-6f * (1 + Math.abs(expected[i]))));
          }
        });
  }

  /** What the layer gives, and the gradients of its variables and of those behind its input. */
  private static Map<String, float[]> numbers(
      String parts, boolean bias, boolean concatenated, int products) {
    try (TestGraph graph = new TestGraph()) {
      Ops tf = graph.tf();
      WeightStore store = graph.trainingStore(1);
      Map<String, Operand<TFloating>> values = values(graph, store);
      List<Operand<TFloating>> list = new ArrayList<>();
      for (String part : parts.split(" ")) {
        Operand<TFloating> left = values.get(part.substring(0, 1));
        Operand<TFloating> right = values.get(part.substring(part.length() - 1));
        list.add(
            part.contains("-")
                ? tf.math.sub(left, right)
                : part.contains("*") ? tf.math.mul(left, right) : left);
      }
      Operand<TFloating> x = tf.concat(list, tf.constant(2));
      BoundLayer dense =
          TestLayers.bind(
              store.root().child("unit"),
              "Dense",
              Map.of(
                  "units",
                  6,
                  "use_bias",
                  bias,
                  "activation",
                  "sigmoid",
                  "bias_initializer",
                  "random_normal"));
      long before = products(graph);
      Operand<TFloating> out = dense.call(tf, concatenated ? x : tf.identity(x));
      assertThat(products(graph) - before).isEqualTo(products);
      assertThat(out.shape().asArray()).containsExactly(-1, STEPS, 6);
      Gradients gradients = Gradients.of(graph.graph(), tf, loss(tf, out), store);
      Map<String, Operand<TFloat32>> fetches = new LinkedHashMap<>();
      fetches.put("out", Casts.to(tf, out, TFloat32.class));
      for (Weight weight : store.weights()) {
        fetches.put(weight.path(), gradients.dense(weight));
      }
      graph.initialize(store);
      Map<String, float[]> numbers = new LinkedHashMap<>();
      graph.run(fetches).forEach((name, value) -> numbers.put(name, value.values()));
      return numbers;
    }
  }

  private static long products(TestGraph graph) {
    long products = 0;
    for (var operations = graph.graph().operations(); operations.hasNext(); ) {
      products += operations.next().type().equals("MatMul") ? 1 : 0;
    }
    return products;
  }

  private static Operand<TFloat32> loss(Ops tf, Operand<TFloating> out) {
    return tf.nn.l2Loss(Casts.to(tf, out, TFloat32.class));
  }

  /** The query and the keys, with variables behind each. */
  private static Map<String, Operand<TFloating>> values(TestGraph graph, WeightStore store) {
    Ops tf = graph.tf();
    Map<String, Operand<TFloating>> values = new LinkedHashMap<>();
    for (String name : List.of("q", "k", "z")) {
      boolean isQuery = name.equals("q");
      Placeholder<TFloat32> input =
          tf.placeholder(
              TFloat32.class,
              Placeholder.shape(isQuery ? Shape.of(-1, 2) : Shape.of(-1, STEPS, 2)));
      long[] shape = isQuery ? new long[] {ROWS, 2} : new long[] {ROWS, STEPS, 2};
      graph.set(input, random(Shape.of(shape), name.charAt(0)));
      BoundLayer layer = TestLayers.bind(store.root().child(name), "Dense", Map.of("units", WIDTH));
      Operand<TFloating> value = layer.call(tf, Casts.toFloating(tf, input, TFloat32.class));
      values.put(
          name,
          isQuery
              ? tf.tile(tf.expandDims(value, tf.constant(1)), tf.constant(new int[] {1, STEPS, 1}))
              : value);
    }
    return values;
  }

  private static TFloat32 random(Shape shape, long seed) {
    Random random = new Random(seed);
    float[] values = new float[(int) shape.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return new FloatTensor(shape, values).toTensor();
  }
}
