package io.scenerank.layer;

import com.google.common.collect.ImmutableList;
import io.scenerank.variable.Shapes;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Stack;
import org.tensorflow.types.TFloat32;

/**
 * Several {@link Dnn}s of one input, their outputs below each other. Single layers of one width,
 * one wide layer in fact, take one product instead of one each: the input is read once, its
 * gradient needs no sum over the networks, and nothing is copied together. The outputs are those of
 * the networks one by one, up to rounding.
 */
public final class DnnGroup {
  private final ImmutableList<Dnn> dnns;

  /**
   * @param dnns at least one, all for inputs of one width and with outputs of one width
   */
  public DnnGroup(List<Dnn> dnns) {
    this.dnns = ImmutableList.copyOf(dnns);
  }

  /** The outputs [B, number of networks, units] for x [B, in], in the order of the networks. */
  public Operand<TFloat32> call(Ops tf, Operand<TFloat32> x) {
    int units = dnns.get(0).first().units();
    if (dnns.size() == 1 || !dnns.stream().allMatch(dnn -> isLayer(dnn, units))) {
      return tf.stack(dnns.stream().map(dnn -> dnn.call(tf, x)).toList(), Stack.axis(1L));
    }
    List<Operand<TFloat32>> kernels = dnns.stream().map(dnn -> dnn.first().kernel()).toList();
    List<Operand<TFloat32>> biases = dnns.stream().map(dnn -> dnn.first().bias()).toList();
    Operand<TFloat32> wide =
        tf.nn.biasAdd(
            tf.linalg.matMul(x, Shapes.concat(tf, kernels, 1)), Shapes.concat(tf, biases, 0));
    return tf.reshape(wide, tf.constant(new int[] {-1, dnns.size(), units}));
  }

  private static boolean isLayer(Dnn dnn, int units) {
    return dnn.isAffine() && dnn.first().units() == units;
  }
}
