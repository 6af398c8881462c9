package io.scenerank.layer.base;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Gather;
import org.tensorflow.op.core.ReduceMax;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TFloating;

/** Functions that make shares of the values along an axis. */
public final class Softmaxes {
  private Softmaxes() {}

  /** Softmax along an axis, counted from the end where negative. */
  public static Operand<TFloating> softmax(Ops tf, Operand<TFloating> x, int axis) {
    int rank = x.shape().numDimensions();
    int place = Sizes.axis(axis, rank);
    return place == rank - 1
        ? tf.nn.softmax(x)
        : swapped(tf, tf.nn.softmax(swapped(tf, x, place)), place);
  }

  /** The axis and the last one change places. */
  private static Operand<TFloating> swapped(Ops tf, Operand<TFloating> x, int axis) {
    int[] order = Sizes.allBut(-1, x.shape().numDimensions());
    order[axis] = order.length - 1;
    order[order.length - 1] = axis;
    return tf.linalg.transpose(x, tf.constant(order));
  }

  /** Softmax along several axes together, counted from the front. */
  public static Operand<TFloating> softmax(Ops tf, Operand<TFloating> x, int[] axes) {
    return axes.length == 1 ? softmax(tf, x, axes[0]) : tf.math.exp(logSoftmax(tf, x, axes));
  }

  /** The logarithm of softmax along an axis, counted from the end where negative. */
  public static Operand<TFloating> logSoftmax(Ops tf, Operand<TFloating> x, int axis) {
    return logSoftmax(tf, x, new int[] {Sizes.axis(axis, x.shape().numDimensions())});
  }

  /**
   * The logarithm of softmax. TensorFlow's own op has a wrong gradient on three or more axes.
   *
   * @param axes counted from the front
   */
  public static Operand<TFloating> logSoftmax(Ops tf, Operand<TFloating> x, int[] axes) {
    Operand<TInt32> over = tf.constant(axes);
    Operand<TFloating> most = tf.stopGradient(tf.reduceMax(x, over, ReduceMax.keepDims(true)));
    Operand<TFloating> below = tf.math.sub(x, most);
    Operand<TFloating> sum = tf.reduceSum(tf.math.exp(below), over, ReduceSum.keepDims(true));
    return tf.math.sub(below, tf.math.log(sum));
  }

  /**
   * Keras' {@code sparsemax} along the last axis: {@code max(x - tau, 0)}. Keras' tau is made of
   * the sum of all running sums of the support, not of the last one.
   */
  public static Operand<TFloating> sparsemax(Ops tf, Operand<TFloating> x) {
    int last = x.shape().numDimensions() - 1;
    Operand<TInt32> n = Sizes.of(tf, x, last);
    // The values of TopK have no gradient, those of a gather with its indices have.
    Operand<TInt32> order = tf.nn.topK(x, n, TInt32.class).indices();
    Operand<TFloating> sorted =
        tf.gather(x, order, tf.constant(last), Gather.batchDims((long) last));
    Operand<TFloating> sums = tf.math.cumsum(sorted, tf.constant(last));
    Operand<TFloating> one = Casts.number(tf, x, 1);
    Operand<TFloating> places =
        Casts.toFloating(
            tf, tf.range(tf.constant(1), tf.math.add(n, tf.constant(1)), tf.constant(1)), x.type());
    Operand<TFloating> means = tf.math.div(tf.math.sub(sums, one), places);
    Operand<TBool> support = tf.math.greater(tf.math.sub(sorted, means), Casts.number(tf, x, 0));
    Operand<TInt32> over = tf.constant(last);
    Operand<TFloating> size =
        tf.reduceSum(Casts.toFloating(tf, support, x.type()), over, ReduceSum.keepDims(true));
    Operand<TFloating> sum =
        tf.reduceSum(
            tf.select(support, sums, Casts.number(tf, x, 0)), over, ReduceSum.keepDims(true));
    Operand<TFloating> tau = tf.math.div(tf.math.sub(sum, one), size);
    return tf.math.maximum(tf.math.sub(x, tau), Casts.number(tf, x, 0));
  }
}
