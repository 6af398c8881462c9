package io.scenerank.layer.ops;

import io.scenerank.layer.base.Sizes;
import io.scenerank.variable.Shapes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TType;

/** Axes and sizes of tensors of which only the rank has to be known. */
final class Axes {
  private Axes() {}

  /** All axes of a tensor. */
  static int[] all(int rank) {
    return IntStream.range(0, rank).toArray();
  }

  /** Axes, counted from the front. */
  static int[] front(int[] axes, int rank) {
    return Arrays.stream(axes).map(axis -> Sizes.axis(axis, rank)).toArray();
  }

  /** Number of axes. */
  static int rank(Operand<? extends TType> x) {
    return x.shape().numDimensions();
  }

  /** Size of an axis, -1 where it is not known. */
  static long size(Operand<? extends TType> x, int axis) {
    return x.shape().get(axis);
  }

  /**
   * Size of an axis that has to be known.
   *
   * @throws IllegalArgumentException if it is not
   */
  static int known(Operand<? extends TType> x, int axis) {
    long size = size(x, Sizes.axis(axis, rank(x)));
    if (size == Shape.UNKNOWN_SIZE) {
      throw new IllegalArgumentException(
          "axis " + axis + " of " + x.shape() + " has no known size");
    }
    return Math.toIntExact(size);
  }

  /** Sizes of the axes from {@code from} to before {@code to}, scalars. */
  static List<Operand<TInt32>> sizes(Ops tf, Operand<? extends TType> x, int from, int to) {
    return IntStream.range(from, to).mapToObj(axis -> Shapes.size(tf, x, axis)).toList();
  }

  /** A shape of scalar sizes; the graph knows as much of it as is constant. */
  static Operand<TInt32> shape(Ops tf, List<Operand<TInt32>> sizes) {
    return sizes.isEmpty() ? tf.constant(new int[0]) : tf.stack(sizes);
  }

  /** A shape of sizes and one more behind them. */
  static Operand<TInt32> shape(Ops tf, List<Operand<TInt32>> sizes, Operand<TInt32> more) {
    List<Operand<TInt32>> all = new ArrayList<>(sizes);
    all.add(more);
    return shape(tf, all);
  }

  /** The order of axes in which some of them are last. */
  static int[] last(int rank, int... moved) {
    List<Integer> order = new ArrayList<>();
    for (int axis = 0; axis < rank; axis++) {
      int candidate = axis;
      if (Arrays.stream(moved).noneMatch(other -> other == candidate)) {
        order.add(axis);
      }
    }
    Arrays.stream(moved).forEach(order::add);
    return order.stream().mapToInt(Integer::intValue).toArray();
  }

  /** The order that undoes another. */
  static int[] inverse(int[] order) {
    int[] inverse = new int[order.length];
    for (int i = 0; i < order.length; i++) {
      inverse[order[i]] = i;
    }
    return inverse;
  }

  /** The tensor with its axes in another order; itself where they are so. */
  static <T extends TType> Operand<T> permuted(Ops tf, Operand<T> x, int... order) {
    return Arrays.equals(order, all(order.length)) ? x : tf.linalg.transpose(x, tf.constant(order));
  }
}
