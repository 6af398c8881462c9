package io.scenerank.layer;

import static io.scenerank.layer.Plain.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableMap;
import io.scenerank.testing.TestGraph;
import io.scenerank.variable.FloatTensor;
import io.scenerank.variable.WeightStore;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** A value once, or once a row: the same numbers. */
class ConditionTest {
  /** An output and its gradients by name. */
  private static Map<String, FloatTensor> numbers(
      TestGraph graph,
      Operand<TFloat32> out,
      FloatTensor cotangent,
      Map<String, Operand<TFloat32>> sources) {
    Ops tf = graph.tf();
    Operand<TFloat32> sum =
        tf.reduceSum(
            tf.reshape(tf.math.mul(out, graph.input(cotangent)), tf.constant(new int[] {-1})),
            tf.constant(0));
    Map<String, Operand<TFloat32>> numbers = new LinkedHashMap<>();
    numbers.put("output", out);
    numbers.putAll(graph.gradients(sum, sources));
    return graph.run(numbers);
  }

  /** Up to rounding: the products are the same, but their sums run in another order. */
  @Property(tries = 10)
  void valuesOnceAndValuesByRowGiveTheSameNumbers(
      @ForAll @IntRange(min = 1, max = 9) int rows,
      @ForAll @IntRange(min = 1, max = 5) int values,
      @ForAll @IntRange(min = 1, max = 4) int in,
      @ForAll @IntRange(min = 1, max = 4) int out,
      @ForAll boolean shared,
      @ForAll long seed) {
    int[] valueOfRow = new Random(seed).ints(rows, 0, values).toArray();
    try (TestGraph graph = new TestGraph()) {
      Ops tf = graph.tf();
      Plain plain = new Plain(seed);
      WeightStore store = graph.store(1);
      ApgLayer layer =
          new ApgLayer.Options(
                  out,
                  Activation.TANH,
                  Activation.LINEAR,
                  Activation.LINEAR,
                  shared,
                  false,
                  1,
                  1,
                  0f)
              .build(store.root().child("a"), in, 2);
      plain.assign(graph, store);
      Operand<TFloat32> x = graph.input(plain.tensor(rows, in));
      Operand<TFloat32> z = graph.input(plain.tensor(values, 2));
      Operand<TInt32> index = tf.constant(valueOfRow);
      FloatTensor cotangent = plain.tensor(rows, out);
      ImmutableMap.Builder<String, Operand<TFloat32>> sources = ImmutableMap.builder();
      sources.put("x", x).put("z", z);
      store.weights().forEach(weight -> sources.put(weight.path(), weight.value()));

      Map<String, FloatTensor> once =
          numbers(
              graph,
              layer.call(tf, x, Condition.distinct(tf, z, index)),
              cotangent,
              sources.buildOrThrow());
      Map<String, FloatTensor> byRow =
          numbers(
              graph,
              layer.call(tf, x, Condition.perRow(tf.gather(z, index, tf.constant(0)))),
              cotangent,
              sources.buildOrThrow());
      assertThat(once.keySet()).hasSizeGreaterThan(8);
      byRow.forEach(
          (name, expected) -> {
            assertThat(once.get(name).shape()).as(name).isEqualTo(expected.shape());
            assertClose(once.get(name), Plain.rows(expected), name);
          });
    }
  }

  @Example
  void eachRowTakesTheMatrixOfItsValue() {
    try (TestGraph graph = new TestGraph()) {
      Ops tf = graph.tf();
      Condition condition =
          Condition.distinct(
              tf,
              graph.constant(new float[] {0}, new float[] {0}),
              tf.constant(new int[] {1, 0, 1}));
      Operand<TFloat32> w = tf.constant(new float[][][] {{{1}, {10}}, {{2}, {-1}}}); // [2, 2, 1]
      Operand<TFloat32> bias = graph.constant(new float[] {100}, new float[] {200});
      Operand<TFloat32> x =
          graph.constant(new float[] {1, 2}, new float[] {3, 4}, new float[] {5, 6});
      assertThat(graph.values(condition.affine(tf, x, w, bias)))
          .containsExactly(2 - 2 + 200, 3 + 40 + 100, 10 - 6 + 200);
      assertThat(condition.width()).isEqualTo(1);
    }
  }

  @Example
  void aBatchWithoutRows() {
    try (TestGraph graph = new TestGraph()) {
      Ops tf = graph.tf();
      Placeholder<TFloat32> x = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 40)));
      Placeholder<TFloat32> z = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 3)));
      Placeholder<TInt32> index = tf.placeholder(TInt32.class, Placeholder.shape(Shape.of(-1)));
      graph.set(x, TFloat32.tensorOf(Shape.of(0, 40)));
      graph.set(z, TFloat32.tensorOf(Shape.of(0, 3)));
      graph.set(index, TInt32.tensorOf(Shape.of(0)));
      WeightStore store = graph.store(1);
      ApgLayer layer = ApgLayer.outputDim(64).build(store.root().child("a"), 40, 3); // k is 3
      graph.initialize(store);
      assertThat(graph.run(layer.call(tf, x, Condition.distinct(tf, z, index))).shape())
          .isEqualTo(Shape.of(0, 64));
      assertThat(graph.run(layer.call(tf, x, Condition.perRow(z))).shape())
          .isEqualTo(Shape.of(0, 64));
    }
  }
}
