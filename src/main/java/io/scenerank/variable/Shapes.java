package io.scenerank.variable;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.TensorShapeProto;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TType;

/**
 * Putting together and reshaping, with a batch size that is known only when the graph runs; shapes
 * as TensorFlow's files have them.
 */
public final class Shapes {
  private Shapes() {}

  /** Concatenates along an axis; one value alone passes as it is. At least one value. */
  public static <T extends TType> Operand<T> concat(Ops tf, List<Operand<T>> values, int axis) {
    return values.size() == 1 ? values.get(0) : tf.concat(values, tf.constant(axis));
  }

  /**
   * Size of an axis, scalar: a constant where the graph knows it. The graph knows the shape of what
   * is reshaped to a stack of such sizes; to slices of a shape it does not.
   */
  public static Operand<TInt32> size(Ops tf, Operand<? extends TType> x, int axis) {
    long size = x.shape().get(axis);
    return size == Shape.UNKNOWN_SIZE
        ? tf.squeeze(
            tf.slice(tf.shape(x), tf.constant(new int[] {axis}), tf.constant(new int[] {1})))
        : tf.constant(Math.toIntExact(size));
  }

  /** The numbers of all axes. */
  public static Operand<TInt32> axes(Ops tf, Operand<? extends TType> x) {
    return tf.constant(IntStream.range(0, x.shape().numDimensions()).toArray());
  }

  /** Gives {@code rows} [n, last] the leading axes of {@code like} [B, …, any]. */
  public static <T extends TType> Operand<T> replaceLast(
      Ops tf, Operand<T> rows, Operand<T> like, int last) {
    int axes = like.shape().numDimensions() - 1;
    long[] target = like.shape().asArray();
    target[axes] = last;
    if (Arrays.stream(target, 1, axes + 1).allMatch(size -> size > 0)) {
      return tf.reshape(rows, tf.constant(target));
    }
    return tf.reshape(
        rows,
        tf.concat(
            List.of(sizes(tf, like, 0, axes), tf.constant(new int[] {last})), tf.constant(0)));
  }

  /** The product over the last axis: [B, …, in] · [in, out] → [B, …, out]. */
  public static <T extends TType> Operand<T> product(Ops tf, Operand<T> x, Operand<T> matrix) {
    if (x.shape().numDimensions() == 2) {
      return tf.linalg.matMul(x, matrix);
    }
    Shape shape = matrix.shape();
    Operand<T> rows = tf.reshape(x, tf.constant(new long[] {-1, shape.get(0)})); // [B·…, in]
    return replaceLast(tf, tf.linalg.matMul(rows, matrix), x, Math.toIntExact(shape.get(1)));
  }

  /**
   * Sizes of axes from {@code from} to before {@code to}, as a vector whose values TensorFlow knows
   * as far as the shape is known, so that what is reshaped to them keeps its static shape.
   */
  public static Operand<TInt32> sizes(Ops tf, Operand<? extends TType> x, int from, int to) {
    int[] step = {1};
    return tf.stridedSlice(
        tf.shape(x), tf.constant(new int[] {from}), tf.constant(new int[] {to}), tf.constant(step));
  }

  /**
   * The last dimension.
   *
   * @throws IllegalArgumentException if the graph does not know it
   */
  public static int last(Operand<? extends TType> x) {
    Shape shape = x.shape();
    long last = shape.isUnknown() ? Shape.UNKNOWN_SIZE : shape.get(shape.numDimensions() - 1);
    if (last == Shape.UNKNOWN_SIZE) {
      throw new IllegalArgumentException("last dimension unknown in " + shape);
    }
    return Math.toIntExact(last);
  }

  /** A shape of known rank for a file; an unknown size is -1. */
  public static TensorShapeProto toProto(Shape shape) {
    TensorShapeProto.Builder proto = TensorShapeProto.newBuilder();
    for (long size : shape.asArray()) {
      proto.addDim(TensorShapeProto.Dim.newBuilder().setSize(size));
    }
    return proto.build();
  }

  /** The shape that a file says. */
  public static Shape ofProto(TensorShapeProto proto) {
    return proto.getUnknownRank()
        ? Shape.unknown()
        : Shape.of(proto.getDimList().stream().mapToLong(TensorShapeProto.Dim::getSize).toArray());
  }
}
