package io.scenerank.layer.base;

import com.google.common.collect.ImmutableList;
import io.scenerank.variable.Shapes;
import java.util.List;
import java.util.stream.IntStream;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TType;

/** Axes of tensors and their sizes, some of which a graph knows only when it runs. */
public final class Sizes {
  private Sizes() {}

  /**
   * An axis counted from the front.
   *
   * @param axis counted from the end where negative
   * @throws IllegalArgumentException if there is no such axis
   */
  public static int axis(int axis, int rank) {
    int place = axis < 0 ? axis + rank : axis;
    if (place < 0 || place >= rank) {
      throw new IllegalArgumentException("axis " + axis + " of an input with " + rank + " axes");
    }
    return place;
  }

  /** Axes counted from the front, in ascending order, each once. */
  public static int[] axes(List<Integer> axes, int rank) {
    return axes.stream().mapToInt(axis -> axis(axis, rank)).sorted().distinct().toArray();
  }

  /** All axes but one, in ascending order. */
  public static int[] allBut(int axis, int rank) {
    return IntStream.range(0, rank).filter(other -> other != axis).toArray();
  }

  /** Whether the graph knows the size of an axis. */
  public static boolean isKnown(Operand<? extends TType> x, int axis) {
    return x.shape().get(axis) != Shape.UNKNOWN_SIZE;
  }

  /** Size of an axis, scalar: a constant where the graph knows it. */
  public static Operand<TInt32> of(Ops tf, Operand<? extends TType> x, int axis) {
    return Shapes.size(tf, x, axis);
  }

  /** The sizes of all axes. */
  public static ImmutableList<Operand<TInt32>> all(Ops tf, Operand<? extends TType> x) {
    ImmutableList.Builder<Operand<TInt32>> sizes = ImmutableList.builder();
    for (int axis = 0; axis < x.shape().numDimensions(); axis++) {
      sizes.add(of(tf, x, axis));
    }
    return sizes.build();
  }

  /** Gives a tensor other sizes; the graph knows those that are constants. */
  public static <T extends TType> Operand<T> reshape(
      Ops tf, Operand<T> x, List<Operand<TInt32>> sizes) {
    return tf.reshape(x, tf.stack(sizes));
  }

  /**
   * Requires a number of axes.
   *
   * @throws IllegalArgumentException if there are more or fewer
   */
  public static void requireRank(MaskedTensor x, int rank) {
    if (x.rank() != rank) {
      throw new IllegalArgumentException(
          "the input has the shape " + x.shape() + ", expected " + rank + " axes");
    }
  }
}
