package io.scenerank.layer;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Stack;
import org.tensorflow.types.TFloat32;

/**
 * Several {@link Dnn}s of one input. Their first layers, one wide layer in fact, take one product
 * instead of one each: the input is read once, and its gradient needs no sum over the networks. The
 * outputs are those of the networks one by one, up to rounding.
 */
public final class DnnGroup {
  private final ImmutableList<Dnn> dnns;

  /**
   * @param dnns at least one, all for inputs of one width
   */
  public DnnGroup(List<Dnn> dnns) {
    this.dnns = ImmutableList.copyOf(dnns);
  }

  /** The outputs [B, units] for x [B, in], in the order of the networks. */
  public ImmutableList<Operand<TFloat32>> call(Ops tf, Operand<TFloat32> x) {
    if (!isOneProduct()) {
      return dnns.stream().map(dnn -> dnn.call(tf, x)).collect(ImmutableList.toImmutableList());
    }
    int[] widths = dnns.stream().mapToInt(dnn -> dnn.first().units()).toArray();
    List<? extends Operand<TFloat32>> sums =
        tf.splitV(first(tf, x), tf.constant(widths), tf.constant(1), (long) widths.length).output();
    List<Operand<TFloat32>> outputs = new ArrayList<>();
    for (int i = 0; i < dnns.size(); i++) {
      outputs.add(dnns.get(i).afterFirst(tf, sums.get(i)));
    }
    return ImmutableList.copyOf(outputs);
  }

  /** The outputs of networks of one width below each other, [B, number of networks, units]. */
  public Operand<TFloat32> stacked(Ops tf, Operand<TFloat32> x) {
    int units = dnns.get(0).first().units();
    boolean plain = dnns.stream().allMatch(dnn -> dnn.isAffine() && dnn.first().units() == units);
    return plain && isOneProduct()
        ? tf.reshape(first(tf, x), tf.constant(new int[] {-1, dnns.size(), units}))
        : tf.stack(call(tf, x), Stack.axis(1L));
  }

  private boolean isOneProduct() {
    return dnns.size() > 1;
  }

  /** The first layers side by side, before anything follows them, [B, sum of units]. */
  private Operand<TFloat32> first(Ops tf, Operand<TFloat32> x) {
    List<Operand<TFloat32>> kernels = dnns.stream().map(dnn -> dnn.first().kernel()).toList();
    List<Operand<TFloat32>> biases = dnns.stream().map(dnn -> dnn.first().bias()).toList();
    return tf.nn.biasAdd(
        tf.linalg.matMul(x, Shapes.concat(tf, kernels, 1)), Shapes.concat(tf, biases, 0));
  }
}
