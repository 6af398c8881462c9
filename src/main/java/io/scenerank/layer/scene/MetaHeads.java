package io.scenerank.layer.scene;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.BatchProduct;
import io.scenerank.layer.base.BoundLayer;
import io.scenerank.layer.base.Casts;
import io.scenerank.layer.base.Layer.AffineCall;
import io.scenerank.layer.base.Layer.CallContext;
import io.scenerank.layer.base.LayerGraph.TensorRef;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Noise.DropoutCall;
import io.scenerank.layer.base.Pass.PassView;
import io.scenerank.layer.base.Pass.Replacement;
import io.scenerank.variable.Shapes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Unstack;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TFloating;

/**
 * The attentions and towers of several tasks that share their meta units, at once.
 *
 * <p>The generated matrices of a row are large compared with the vectors that they multiply, so
 * that reading them takes most of the time of a step: here they are read once for all tasks. The
 * first layer of the attention's unit is {@link FirstMetaLayer}.
 */
record MetaHeads(
    PassView graph, ImmutableList<MetaHead> heads, TensorRef experts, TensorRef scenario)
    implements Replacement.Computation {

  @Override
  public ImmutableMap<TensorRef, MaskedTensor> add(Ops tf, Map<TensorRef, MaskedTensor> values) {
    BoundLayer first = graph.layer(heads.get(0).attention());
    MaskedTensor given = first.autocast(tf, requireNonNull(values.get(scenario), "scenario"));
    Operand<TFloating> expertViews =
        first.autocast(tf, requireNonNull(values.get(experts), "experts")).floats();
    Operand<TFloating> tasks =
        Shapes.concat(tf, heads.stream().map(head -> taskView(tf, head)).toList(), 0); // [T, v]
    Operand<TFloating> attention = attention(tf, expertViews, tasks, given); // [B, T, n]
    Operand<TFloating> mixed = BatchProduct.call(tf, attention, expertViews); // [B, T, v]
    List<? extends Operand<TFloating>> towers = byTask(tf, rise(tf, mixed, given));
    List<? extends Operand<TFloating>> scores = byTask(tf, attention);
    ImmutableMap.Builder<TensorRef, MaskedTensor> results = ImmutableMap.builder();
    for (int task = 0; task < heads.size(); task++) {
      Operand<TFloating> ofTask = scores.get(task); // [B, n]
      graph.layer(heads.get(task).attention()).scope().observe("scores", () -> ofTask);
      results.put(PassView.result(heads.get(task).tower()), MaskedTensor.of(towers.get(task)));
    }
    return results.buildOrThrow();
  }

  /** [B, T, x] → T times [B, x]. */
  private List<? extends Operand<TFloating>> byTask(Ops tf, Operand<TFloating> stacked) {
    return tf.unstack(stacked, (long) heads.size(), Unstack.axis(1L)).output();
  }

  /** The same for every row, and so computed once: [1, v]. */
  private Operand<TFloating> taskView(Ops tf, MetaHead head) {
    MaskedTensor row = MaskedTensor.of(tf.constant(new float[1][1]));
    MaskedTensor vector = graph.layer(head.embedding()).call(tf, row);
    return head.view().isPresent()
        ? graph.layer(head.view().get()).call(tf, vector).floats()
        : vector.floats();
  }

  private CallContext context(Ops tf) {
    return new CallContext(tf, graph.layer(heads.get(0).attention()).scope().training(), 0);
  }

  /** What each expert is multiplied by for each task, [B, T, n]. */
  private Operand<TFloating> attention(
      Ops tf, Operand<TFloating> expertViews, Operand<TFloating> tasks, MaskedTensor given) {
    List<MetaAttention.Built> attentions =
        heads.stream()
            .map(
                head ->
                    (MetaAttention.Built) graph.layer(head.attention()).built(Arguments.of(given)))
            .toList();
    int experts = Math.toIntExact(expertViews.shape().get(1));
    int width = 2 * Math.toIntExact(expertViews.shape().get(2));
    MetaUnit.Built unit = unit(attentions.get(0).unit(), width);
    Operand<TFloating> first =
        new FirstMetaLayer(unit.steps().get(0), given).call(tf, expertViews, tasks);
    Operand<TFloating> pairs =
        tf.reshape(first, tf.constant(new int[] {-1, heads.size() * experts, width}));
    for (int i = 0; i < unit.steps().size(); i++) {
      MetaUnit.Step step = unit.steps().get(i);
      Operand<TFloating> sum =
          i == 0 ? pairs : MetaUnit.Built.affine(tf, pairs, unit.generate(tf, i, given.floats()));
      Operand<TFloating> active = step.activation().call(context(tf), sum);
      pairs = dropped(tf, active, step.dropout(), task -> task); // [B, T·n, 2 v]
    }
    Operand<TFloating> scores = scores(tf, attentions, pairs, experts, width); // [B, T, n]
    return attentions.get(0).softmax() ? shares(tf, scores, experts) : scores;
  }

  /** A unit's calls of all tasks drop their own values. */
  private Operand<TFloating> dropped(
      Ops tf, Operand<TFloating> x, BoundLayer layer, IntUnaryOperator number) {
    DropoutCall dropout = (DropoutCall) layer.built(Arguments.of(MaskedTensor.of(x)));
    return DropoutCall.sideBySide(
        context(tf),
        x,
        IntStream.range(0, heads.size())
            .mapToObj(task -> new DropoutCall.Numbered(dropout, number.applyAsInt(task)))
            .toList());
  }

  private static MetaUnit.Built unit(BoundLayer unit, int width) {
    return (MetaUnit.Built) unit.built(scope -> ((MetaUnit) unit.layer()).build(scope, width));
  }

  private static Operand<TFloating> shares(Ops tf, Operand<TFloating> scores, int experts) {
    Operand<TInt32> shape = tf.shape(scores);
    Operand<TFloating> rows = tf.reshape(scores, tf.constant(new int[] {-1, experts}));
    return tf.reshape(tf.nn.softmax(rows), shape); // [B, T, n]
  }

  /** A score for each pair by its task's Dense, [B, T, n]. */
  private Operand<TFloating> scores(
      Ops tf,
      List<MetaAttention.Built> attentions,
      Operand<TFloating> pairs,
      int experts,
      int width) {
    Arguments<MaskedTensor> example = Arguments.of(MaskedTensor.of(pairs));
    List<AffineCall> layers =
        attentions.stream().map(layer -> (AffineCall) layer.dense().built(example)).toList();
    List<Operand<TFloating>> kernels =
        layers.stream().map(layer -> layer.kernel().read(tf)).toList();
    List<Operand<TFloating>> biases =
        layers.stream().map(layer -> layer.bias().orElseThrow().read(tf)).toList();
    int tasks = heads.size();
    // Every pair by every task's kernel, of which its own task's is taken.
    Operand<TFloating> byAll =
        tf.nn.biasAdd(
            tf.linalg.matMul(
                tf.reshape(pairs, tf.constant(new int[] {-1, width})),
                Shapes.concat(tf, kernels, 1)),
            Shapes.concat(tf, biases, 0)); // [B · T · n, T]
    float[][] diagonal = new float[tasks][tasks];
    IntStream.range(0, tasks).forEach(task -> diagonal[task][task] = 1);
    Operand<TFloating> own = Casts.toFloating(tf, tf.constant(diagonal), pairs.type());
    Operand<TFloating> ofOwn =
        tf.math.mul(
            tf.reshape(byAll, tf.constant(new int[] {-1, tasks, experts, tasks})),
            tf.expandDims(own, tf.constant(1))); // [B, T, n, T]
    return tf.reduceSum(ofOwn, tf.constant(3)); // [B, T, n]
  }

  /** All steps of all towers, [B, T, v]. */
  private Operand<TFloating> rise(Ops tf, Operand<TFloating> mixed, MaskedTensor given) {
    List<MetaTower.Built> towers = new ArrayList<>();
    for (MetaHead head : heads) {
      towers.add((MetaTower.Built) graph.layer(head.tower()).built(Arguments.of(given)));
    }
    int width = Math.toIntExact(mixed.shape().get(2));
    ImmutableList<MetaTower.Step> steps = towers.get(0).steps();
    Operand<TFloating> out = mixed;
    for (int j = 0; j < steps.size(); j++) {
      MetaUnit.Built unit = unit(steps.get(j).unit(), width);
      ImmutableList<MetaUnit.Generated> weights = unit.generate(tf, given.floats());
      Operand<TFloating> in = out;
      int call = j;
      for (int i = 0; i < weights.size(); i++) {
        MetaUnit.Step step = unit.steps().get(i);
        Operand<TFloating> sum = MetaUnit.Built.affine(tf, out, weights.get(i));
        Operand<TFloating> active = step.activation().call(context(tf), sum);
        out = dropped(tf, active, step.dropout(), task -> task * steps.size() + call);
      }
      Operand<TFloating> sum = towers.get(0).residual() ? tf.math.add(out, in) : out;
      Operand<TFloating> active = steps.get(j).activation().call(context(tf), sum);
      Arguments<MaskedTensor> example = Arguments.of(MaskedTensor.of(active));
      out =
          DropoutCall.sideBySide(
              context(tf),
              active,
              towers.stream()
                  .map(tower -> (DropoutCall) tower.steps().get(call).dropout().built(example))
                  .map(dropout -> new DropoutCall.Numbered(dropout, 0))
                  .toList());
    }
    return out;
  }
}
