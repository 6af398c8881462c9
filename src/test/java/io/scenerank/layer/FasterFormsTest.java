package io.scenerank.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.common.collect.ImmutableList;
import io.scenerank.testing.TestGraph;
import io.scenerank.variable.FloatTensor;
import io.scenerank.variable.LayerScope;
import io.scenerank.variable.Weight;
import io.scenerank.variable.WeightStore;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Stack;
import org.tensorflow.types.TFloat32;

/**
 * The faster forms of layers against the plain ones: the same outputs and the same gradients of all
 * inputs and variables, up to rounding, since sums run in another order.
 */
class FasterFormsTest {
  /** Sums here cancel out by up to a factor of a hundred, and floats hold seven digits. */
  private static final double TOLERANCE = 1e-4;

  /** One graph with inputs and variables that both forms share. */
  private static final class Forms implements AutoCloseable {
    final TestGraph graph = new TestGraph();
    final Ops tf = graph.tf();
    final WeightStore store = graph.trainingStore(1);
    final Map<String, Operand<TFloat32>> sources = new LinkedHashMap<>();
    private final Plain plain;

    Forms(int seed) {
      this.plain = new Plain(seed);
      graph.setStep(seed % 100);
    }

    Operand<TFloat32> input(String name, long... shape) {
      Operand<TFloat32> input = graph.input(plain.tensor(shape));
      sources.put(name, input);
      return input;
    }

    void assertSame(List<Operand<TFloat32>> expected, List<Operand<TFloat32>> actual) {
      plain.assign(graph, store);
      store.weights().stream()
          .filter(Weight::trainable)
          .forEach(weight -> sources.put(weight.path(), weight.value()));
      Map<String, FloatTensor> plainly = numbers(expected);
      Map<String, FloatTensor> faster = numbers(actual);
      plainly.forEach(
          (name, values) -> {
            FloatTensor found = faster.get(name);
            assertThat(found.shape()).as(name).isEqualTo(values.shape());
            double largest = 0; // what cancels out in a sum is as large as the largest sum
            for (float value : values.values()) {
              largest = Math.max(largest, Math.abs(value));
            }
            for (int i = 0; i < values.values().length; i++) {
              double value = values.values()[i];
              assertThat((double) found.values()[i])
                  .as("%s, value %d", name, i)
                  .isCloseTo(value, within(TOLERANCE * (1 + largest)));
            }
          });
    }

    private Map<String, FloatTensor> numbers(List<Operand<TFloat32>> outputs) {
      List<Operand<TFloat32>> sums = new ArrayList<>();
      Map<String, Operand<TFloat32>> numbers = new LinkedHashMap<>();
      for (Operand<TFloat32> output : outputs) {
        numbers.put("output " + sums.size(), output);
        sums.add(tf.nn.l2Loss(output));
      }
      Operand<TFloat32> sum = sums.size() == 1 ? sums.get(0) : tf.math.addN(sums);
      numbers.putAll(graph.gradients(sum, sources));
      BatchProduct.speedUp(graph.graph(), tf);
      return graph.run(numbers);
    }

    @Override
    public void close() {
      graph.close();
    }
  }

  @Property(tries = 10)
  void allTasksOfM2mAtOnce(
      @ForAll @IntRange(min = 1, max = 3) int tasks,
      @ForAll @IntRange(min = 1, max = 3) int experts,
      @ForAll @IntRange(min = 1, max = 2) int unitDepth,
      @ForAll @IntRange(min = 1, max = 2) int towerDepth,
      @ForAll boolean softmax,
      @ForAll boolean residual,
      @ForAll @IntRange(max = 999) int seed) {
    int view = 3;
    int scenario = 2;
    float dropout = 0.3f;
    try (Forms forms = new Forms(seed)) {
      LayerScope root = forms.store.root();
      Operand<TFloat32> expertViews = forms.input("expert_views", 4, experts, view);
      Operand<TFloat32> scenarioViews = forms.input("scenario_views", 4, scenario);
      MetaUnit.Options options =
          new MetaUnit.Options(unitDepth, Activation.LEAKY_RELU, dropout, 0f, 1);
      MetaUnit ofAttention =
          options.callsPerStep(tasks).build(root.child("a"), 2 * view, experts, scenario);
      MetaUnit ofTowers =
          options.callsPerStep(tasks * towerDepth).build(root.child("t"), view, 1, scenario);
      MetaTower.Options tower =
          new MetaTower.Options(towerDepth, Activation.LEAKY_RELU, dropout, residual);
      List<MetaAttention> attentions = new ArrayList<>();
      List<MetaTower> towers = new ArrayList<>();
      List<Operand<TFloat32>> taskViews = new ArrayList<>();
      List<Operand<TFloat32>> expected = new ArrayList<>();
      MetaUnit.Generated attentionUnit = ofAttention.generate(forms.tf, scenarioViews);
      MetaUnit.Generated towerUnit = ofTowers.generate(forms.tf, scenarioViews);
      for (int task = 0; task < tasks; task++) {
        attentions.add(new MetaAttention(root.child("attention" + task), view, softmax));
        towers.add(tower.build(root.child("tower" + task), view));
        taskViews.add(forms.input("task_views " + task, 1, view));
        Operand<TFloat32> mixed =
            attentions
                .get(task)
                .call(forms.tf, expertViews, taskViews.get(task), attentionUnit, task);
        List<MetaTower.Step> steps = new ArrayList<>();
        for (int j = 0; j < towerDepth; j++) {
          steps.add(new MetaTower.Step(towerUnit, task * towerDepth + j));
        }
        expected.add(towers.get(task).call(forms.tf, mixed, steps));
      }
      forms.assertSame(
          expected,
          new SharedMetaHeads(attentions, towers, ofAttention, ofTowers)
              .call(forms.tf, expertViews, taskViews, scenarioViews));
    }
  }

  @Property(tries = 10)
  void networksOfOneInputStacked(
      @ForAll @IntRange(min = 1, max = 4) int networks,
      @ForAll @IntRange(min = 1, max = 2) int depth,
      @ForAll @IntRange(max = 999) int seed) {
    try (Forms forms = new Forms(seed)) {
      Operand<TFloat32> x = forms.input("x", 5, 3);
      List<Dnn> dnns = new ArrayList<>();
      for (int i = 0; i < networks; i++) {
        dnns.add(
            Dnn.units(ImmutableList.of(4, 2).subList(2 - depth, 2))
                .build(forms.store.root().child("dnn" + i), 3));
      }
      List<Operand<TFloat32>> outputs = dnns.stream().map(dnn -> dnn.call(forms.tf, x)).toList();
      forms.assertSame(
          List.of(forms.tf.stack(outputs, Stack.axis(1L))),
          List.of(new Dnn.Group(dnns).call(forms.tf, x)));
    }
  }

  @Property(tries = 10)
  void mixturesOfExperts(
      @ForAll @IntRange(min = 1, max = 3) int tasks,
      @ForAll @IntRange(min = 1, max = 4) int experts,
      @ForAll @IntRange(min = 1, max = 4) int units,
      @ForAll @IntRange(max = 999) int seed) {
    try (Forms forms = new Forms(seed)) {
      Ops tf = forms.tf;
      Operand<TFloat32> views = forms.input("experts", 4, experts, units);
      List<Operand<TFloat32>> scores = new ArrayList<>();
      List<Operand<TFloat32>> expected = new ArrayList<>();
      for (int task = 0; task < tasks; task++) {
        Operand<TFloat32> ofTask = forms.input("scores " + task, 4, experts);
        Operand<TFloat32> shares = tf.expandDims(tf.nn.softmax(ofTask), tf.constant(-1));
        scores.add(ofTask);
        expected.add(tf.reduceSum(tf.math.mul(shares, views), tf.constant(1)));
      }
      forms.assertSame(expected, new ExpertMixtures(scores).call(tf, views));
    }
  }

  @Property(tries = 10)
  void gateWhoseOtherInputsTakeNoGradient(
      @ForAll @IntRange(min = 1, max = 3) int priorDim,
      @ForAll @IntRange(min = 1, max = 5) int otherDim,
      @ForAll @IntRange(max = 999) int seed) {
    try (Forms forms = new Forms(seed)) {
      Operand<TFloat32> prior = forms.input("prior", 4, priorDim);
      Operand<TFloat32> other = forms.graph.input(new Plain(seed + 1).tensor(4, otherDim));
      GateNu gate =
          GateNu.hiddenUnits(4, 3).build(forms.store.root().child("gate"), priorDim + otherDim);
      Operand<TFloat32> joined =
          forms.tf.concat(List.of(prior, forms.tf.stopGradient(other)), forms.tf.constant(-1));
      forms.assertSame(
          List.of(gate.call(forms.tf, joined)), List.of(gate.call(forms.tf, prior, other)));
    }
  }

  @Property(tries = 10)
  void productsOfABatch(
      @ForAll @IntRange(min = 1, max = 4) int n,
      @ForAll @IntRange(min = 1, max = 4) int k,
      @ForAll @IntRange(min = 1, max = 4) int m,
      @ForAll boolean transposed,
      @ForAll @IntRange(max = 999) int seed) {
    try (Forms forms = new Forms(seed)) {
      Ops tf = forms.tf;
      Operand<TFloat32> x = forms.input("x", 3, n, k);
      Operand<TFloat32> y = transposed ? forms.input("y", 3, m, k) : forms.input("y", 3, k, m);
      Operand<TFloat32> right =
          transposed ? tf.linalg.transpose(y, tf.constant(new int[] {0, 2, 1})) : y;
      forms.assertSame(
          List.of(tf.train.batchMatMul(x, right, TFloat32.class)),
          List.of(transposed ? BatchProduct.transposedY(tf, x, y) : BatchProduct.call(tf, x, y)));
    }
  }
}
