package io.scenerank.layer.scene;

import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.BatchProduct;
import io.scenerank.layer.base.Layer.AffineCall;
import io.scenerank.layer.base.MaskedTensor;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TFloating;

/**
 * The first layer of an attention's {@link MetaUnit}, before its activation, for all tasks. It
 * meets the pair (expert view, task view), of which the experts are the same for all tasks and the
 * tasks the same for all rows: the two halves of its matrix are applied apart, and of the second
 * half only its product with the task views is ever generated.
 */
final class FirstMetaLayer {
  private final AffineCall weights;
  private final AffineCall biases;
  private final Operand<TFloating> scenario;

  /**
   * @param scenario [B, s]
   */
  FirstMetaLayer(MetaUnit.Step step, MaskedTensor scenario) {
    this.weights = (AffineCall) step.weights().built(Arguments.of(scenario));
    this.biases = (AffineCall) step.bias().built(Arguments.of(scenario));
    this.scenario = scenario.floats();
  }

  /**
   * Adds the layer.
   *
   * @param experts [B, n, v]
   * @param tasks [T, v]
   * @return [B, T, n · 2 v]
   */
  Operand<TFloating> call(Ops tf, Operand<TFloating> experts, Operand<TFloating> tasks) {
    int count = Math.toIntExact(experts.shape().get(1));
    int view = Math.toIntExact(experts.shape().get(2));
    int width = count * 2 * view;
    int all = Math.toIntExact(tasks.shape().get(0));
    return tf.math.add(
        tf.reshape(ofTasks(tf, tasks, count, view), tf.constant(new int[] {-1, all, width})),
        tf.reshape(ofExperts(tf, experts, view), tf.constant(new int[] {-1, 1, width})));
  }

  /** [B, n, 2 v]. */
  private Operand<TFloating> ofExperts(Ops tf, Operand<TFloating> experts, int view) {
    int width = 2 * view;
    int half = view * width;
    Operand<TFloating> matrices =
        tf.nn.biasAdd(
            tf.linalg.matMul(scenario, columns(tf, weights.kernel().read(tf), 0, half)),
            entries(tf, bias(tf, weights), 0, half)); // [B, v · 2 v]
    return BatchProduct.call(
        tf, experts, tf.reshape(matrices, tf.constant(new int[] {-1, view, width})));
  }

  /** [B, T · n · 2 v]: the half that meets the task views before it is generated. */
  private Operand<TFloating> ofTasks(Ops tf, Operand<TFloating> tasks, int experts, int view) {
    int width = 2 * view;
    int half = view * width;
    Operand<TFloating> kernels =
        tf.reshape(
            columns(tf, weights.kernel().read(tf), half, half),
            tf.constant(new int[] {-1, view, width})); // [s, v, 2 v]
    Operand<TFloating> kernel =
        tf.math.add(
            BatchProduct.call(tf, tf.expandDims(tasks, tf.constant(0)), kernels),
            tf.expandDims(biases.kernel().read(tf), tf.constant(1))); // [s, T, 2 v]
    Operand<TFloating> bias =
        tf.math.add(
            tf.linalg.matMul(
                tasks,
                tf.reshape(
                    entries(tf, bias(tf, weights), half, half),
                    tf.constant(new int[] {view, width}))),
            bias(tf, biases)); // [T, 2 v]
    // Once for each expert, so that the sum with the experts' half needs no copies of its own.
    Operand<TFloating> kernelOfAll =
        tf.tile(kernel, tf.constant(new int[] {1, 1, experts})); // [s, T, n · 2 v]
    Operand<TFloating> biasOfAll = tf.tile(bias, tf.constant(new int[] {1, experts}));
    int all = Math.toIntExact(tasks.shape().get(0)) * experts * width;
    return tf.nn.biasAdd(
        tf.linalg.matMul(scenario, tf.reshape(kernelOfAll, tf.constant(new int[] {-1, all}))),
        tf.reshape(biasOfAll, tf.constant(new int[] {all})));
  }

  private static Operand<TFloating> bias(Ops tf, AffineCall layer) {
    return layer.bias().orElseThrow().read(tf);
  }

  private static Operand<TFloating> columns(
      Ops tf, Operand<TFloating> kernel, int first, int count) {
    return tf.slice(kernel, tf.constant(new int[] {0, first}), tf.constant(new int[] {-1, count}));
  }

  private static Operand<TFloating> entries(Ops tf, Operand<TFloating> bias, int first, int count) {
    return tf.slice(bias, tf.constant(new int[] {first}), tf.constant(new int[] {count}));
  }
}
