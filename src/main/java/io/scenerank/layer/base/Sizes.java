package io.scenerank.layer.base;

import com.google.common.collect.ImmutableList;
import io.scenerank.variable.Shapes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.TensorProto;
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

  /**
   * Gives a tensor other sizes. Where one of them alone is not a constant, the target is a constant
   * that leaves it open: the graph then knows as much of the result, and a reader of the graph sees
   * which axes stay.
   */
  public static <T extends TType> Operand<T> reshape(
      Ops tf, Operand<T> x, List<Operand<TInt32>> sizes) {
    int[] known = new int[sizes.size()];
    int open = 0;
    for (int i = 0; i < known.length; i++) {
      OptionalInt size = constant(sizes.get(i));
      known[i] = size.orElse(-1);
      open += known[i] == -1 ? 1 : 0;
    }
    boolean empty = IntStream.of(known).anyMatch(size -> size == 0);
    return open > 1 || (open == 1 && empty)
        ? tf.reshape(x, tf.stack(sizes))
        : tf.reshape(x, tf.constant(known));
  }

  /** The value of a scalar that is a constant of the graph. */
  private static OptionalInt constant(Operand<TInt32> scalar) {
    if (!(scalar.asOutput().op() instanceof GraphOperation op) || !op.type().equals("Const")) {
      return OptionalInt.empty();
    }
    TensorProto value = op.attributes().getAttrValueProto("value").getTensor();
    if (value.getIntValCount() > 0) {
      return OptionalInt.of(value.getIntVal(0));
    }
    ByteBuffer content = value.getTensorContent().asReadOnlyByteBuffer();
    return content.remaining() < Integer.BYTES
        ? OptionalInt.of(0)
        : OptionalInt.of(content.order(ByteOrder.LITTLE_ENDIAN).getInt());
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
