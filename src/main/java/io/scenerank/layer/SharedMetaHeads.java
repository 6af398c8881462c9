package io.scenerank.layer;

import com.google.common.collect.ImmutableList;
import io.scenerank.variable.Shapes;
import java.util.List;
import java.util.stream.IntStream;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Unstack;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The {@link MetaAttention} and {@link MetaTower} of all tasks at once, where the tasks share their
 * meta units: the same outputs as one task after the other, up to rounding, in a fraction of the
 * time.
 *
 * <p>The generated matrices of a row are large compared with the vectors that they multiply, so
 * that reading them takes most of the time of a step: here they are read once for all tasks. And
 * the first layer of the attention's unit meets the pair (expert view, task view), of which the
 * experts are the same for all tasks and the tasks the same for all rows: the two halves of its
 * matrix are applied apart, and of the second half only its product with the task views is ever
 * generated.
 */
public final class SharedMetaHeads {
  private final ImmutableList<MetaAttention> attentions;
  private final ImmutableList<MetaTower> towers;
  private final MetaUnit attentionUnit;
  private final MetaUnit towerUnit;

  /**
   * @param attentions one a task
   * @param towers one a task
   * @param attentionUnit of all attentions; its activation has no variables
   * @param towerUnit of all steps of all towers; its activation has no variables
   */
  public SharedMetaHeads(
      List<MetaAttention> attentions,
      List<MetaTower> towers,
      MetaUnit attentionUnit,
      MetaUnit towerUnit) {
    this.attentions = ImmutableList.copyOf(attentions);
    this.towers = ImmutableList.copyOf(towers);
    this.attentionUnit = attentionUnit;
    this.towerUnit = towerUnit;
  }

  /**
   * Mixes the experts for each task and passes the mix through the task's tower.
   *
   * @param expertViews [B, n, v]
   * @param taskViews [1, v] a task
   * @param scenarioViews [B, s]
   * @return [B, v] a task
   */
  public List<Operand<TFloat32>> call(
      Ops tf,
      Operand<TFloat32> expertViews,
      List<Operand<TFloat32>> taskViews,
      Operand<TFloat32> scenarioViews) {
    Operand<TFloat32> attention = attention(tf, expertViews, taskViews, scenarioViews);
    Operand<TFloat32> mixed = BatchProduct.call(tf, attention, expertViews); // [B, T, v]
    Operand<TFloat32> out = rise(tf, mixed, towerUnit.generate(tf, scenarioViews)); // [B, T, v]
    return List.copyOf(tf.unstack(out, (long) tasks(), Unstack.axis(1L)).output());
  }

  private int tasks() {
    return attentions.size();
  }

  /**
   * What {@link #call} multiplies each expert by for each task, [B, T, n].
   *
   * @param expertViews [B, n, v]
   * @param taskViews [1, v] a task
   * @param scenarioViews [B, s]
   */
  public Operand<TFloat32> attention(
      Ops tf,
      Operand<TFloat32> expertViews,
      List<Operand<TFloat32>> taskViews,
      Operand<TFloat32> scenarioViews) {
    int experts = Math.toIntExact(expertViews.shape().get(1));
    int width = 2 * Shapes.last(expertViews);
    Operand<TFloat32> tasks = Shapes.concat(tf, taskViews, 0); // [T, v]
    Operand<TFloat32> first = firstLayer(tf, expertViews, tasks, scenarioViews);
    Operand<TFloat32> pairs =
        tf.reshape(first, tf.constant(new int[] {-1, tasks() * experts, width})); // [B, T·n, 2 v]
    for (int i = 0; i < attentionUnit.numLayer(); i++) {
      Operand<TFloat32> sum =
          i == 0
              ? pairs
              : affine(
                  tf,
                  pairs,
                  attentionUnit.weights(tf, i, scenarioViews),
                  attentionUnit.biases(tf, i, scenarioViews));
      int layer = i;
      pairs =
          Dropout.call(
              tf,
              attentionUnit.activation(i).call(tf, sum),
              IntStream.range(0, tasks())
                  .mapToObj(task -> new Dropout.Call(attentionUnit.dropout(layer), task))
                  .toList()); // [B, T·n, 2 v]
    }
    Operand<TFloat32> scores = scores(tf, pairs, experts, width); // [B, T, n]
    if (attentions.get(0).attentionSoftmax()) {
      Operand<TInt32> shape = tf.shape(scores);
      Operand<TFloat32> rows = tf.reshape(scores, tf.constant(new int[] {-1, experts}));
      scores = tf.reshape(tf.nn.softmax(rows), shape); // [B, T, n]
    }
    return scores;
  }

  /**
   * The first layer of the attention's unit before its activation, [B, T, n · 2 v].
   *
   * @param tasks [T, v]
   */
  private Operand<TFloat32> firstLayer(
      Ops tf,
      Operand<TFloat32> expertViews,
      Operand<TFloat32> tasks,
      Operand<TFloat32> scenarioViews) {
    int experts = Math.toIntExact(expertViews.shape().get(1));
    int view = Shapes.last(expertViews);
    int width = 2 * view;
    Dense weights = attentionUnit.weightsDense(0);
    int half = view * width;
    Operand<TFloat32> matrices =
        tf.nn.biasAdd(
            tf.linalg.matMul(scenarioViews, columns(tf, weights.kernel(), 0, half)),
            entries(tf, weights.bias(), 0, half)); // [B, v · 2 v]
    Operand<TFloat32> ofExperts =
        BatchProduct.call(
            tf,
            expertViews,
            tf.reshape(matrices, tf.constant(new int[] {-1, view, width}))); // [B, n, 2 v]

    // The other half meets the task views before it is generated: [s, v, 2 v] → [s, T, 2 v].
    Operand<TFloat32> kernels =
        tf.reshape(
            columns(tf, weights.kernel(), half, half), tf.constant(new int[] {-1, view, width}));
    Dense biases = attentionUnit.biasDense(0);
    Operand<TFloat32> kernel =
        tf.math.add(
            BatchProduct.call(tf, tf.expandDims(tasks, tf.constant(0)), kernels),
            tf.expandDims(biases.kernel(), tf.constant(1))); // [s, T, 2 v]
    Operand<TFloat32> bias =
        tf.math.add(
            tf.linalg.matMul(
                tasks,
                tf.reshape(
                    entries(tf, weights.bias(), half, half), tf.constant(new int[] {view, width}))),
            biases.bias()); // [T, 2 v]
    // Once for each expert, so that the sum with the experts' half needs no copies of its own.
    int[] times = {1, 1, experts};
    Operand<TFloat32> kernelOfAll = tf.tile(kernel, tf.constant(times)); // [s, T, n · 2 v]
    Operand<TFloat32> biasOfAll = tf.tile(bias, tf.constant(new int[] {1, experts}));
    int all = tasks() * experts * width;
    Operand<TFloat32> ofTasks =
        tf.nn.biasAdd(
            tf.linalg.matMul(
                scenarioViews, tf.reshape(kernelOfAll, tf.constant(new int[] {-1, all}))),
            tf.reshape(biasOfAll, tf.constant(new int[] {all}))); // [B, T · n · 2 v]
    return tf.math.add(
        tf.reshape(ofTasks, tf.constant(new int[] {-1, tasks(), experts * width})),
        tf.reshape(ofExperts, tf.constant(new int[] {-1, 1, experts * width}))); // [B, T, n · 2 v]
  }

  /** A score for each pair by its task's Dense, [B, T, n]. */
  private Operand<TFloat32> scores(Ops tf, Operand<TFloat32> pairs, int experts, int width) {
    List<Operand<TFloat32>> kernels =
        attentions.stream().map(attention -> attention.dense().kernel()).toList();
    List<Operand<TFloat32>> biases =
        attentions.stream().map(attention -> attention.dense().bias()).toList();
    // Every pair by every task's kernel, of which its own task's is taken.
    Operand<TFloat32> byAll =
        tf.nn.biasAdd(
            tf.linalg.matMul(
                tf.reshape(pairs, tf.constant(new int[] {-1, width})),
                Shapes.concat(tf, kernels, 1)),
            Shapes.concat(tf, biases, 0)); // [B · T · n, T]
    Operand<TFloat32> own =
        tf.oneHot(
            tf.range(tf.constant(0), tf.constant(tasks()), tf.constant(1)),
            tf.constant(tasks()),
            tf.constant(1f),
            tf.constant(0f)); // [T, T]
    Operand<TFloat32> ofOwn =
        tf.math.mul(
            tf.reshape(byAll, tf.constant(new int[] {-1, tasks(), experts, tasks()})),
            tf.expandDims(own, tf.constant(1))); // [B, T, n, T]
    return tf.reduceSum(ofOwn, tf.constant(3)); // [B, T, n]
  }

  /** All steps of all towers, [B, T, v]. */
  private Operand<TFloat32> rise(Ops tf, Operand<TFloat32> x, MetaUnit.Generated unit) {
    MetaTower.Options options = towers.get(0).options();
    Operand<TFloat32> out = x;
    for (int j = 0; j < options.numLayer(); j++) {
      int step = j;
      Operand<TFloat32> in = out;
      for (int i = 0; i < towerUnit.numLayer(); i++) {
        Dropout dropout = towerUnit.dropout(i);
        out =
            Dropout.call(
                tf,
                towerUnit
                    .activation(i)
                    .call(tf, affine(tf, out, unit.weights().get(i), unit.biases().get(i))),
                IntStream.range(0, tasks())
                    .mapToObj(task -> new Dropout.Call(dropout, task * options.numLayer() + step))
                    .toList());
      }
      Operand<TFloat32> sum = options.towerResidual() ? tf.math.add(out, in) : out;
      out =
          Dropout.call(
              tf,
              towers.get(0).activation(j).call(tf, sum),
              towers.stream().map(tower -> new Dropout.Call(tower.dropout(step), 0)).toList());
    }
    return out;
  }

  private static Operand<TFloat32> affine(
      Ops tf, Operand<TFloat32> x, Operand<TFloat32> weights, Operand<TFloat32> biases) {
    return tf.math.add(BatchProduct.call(tf, x, weights), biases);
  }

  private static Operand<TFloat32> columns(Ops tf, Operand<TFloat32> kernel, int first, int count) {
    return tf.slice(kernel, tf.constant(new int[] {0, first}), tf.constant(new int[] {-1, count}));
  }

  private static Operand<TFloat32> entries(Ops tf, Operand<TFloat32> bias, int first, int count) {
    return tf.slice(bias, tf.constant(new int[] {first}), tf.constant(new int[] {count}));
  }
}
