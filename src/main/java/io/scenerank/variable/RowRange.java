package io.scenerank.variable;

import com.google.common.collect.ImmutableList;
import java.util.Arrays;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Some rows of one part of a large variable, few enough to be held in memory besides it.
 *
 * @param weight the variable
 * @param part the part that the rows belong to
 * @param first number of the first row inside the part, a multiple of 4
 * @param count number of rows
 */
record RowRange(Weight weight, Weight.Part part, long first, long count) {
  /** Values of the largest range, and of the largest variable that is not a large one: 64 MiB. */
  static final long VALUES = 1 << 24;

  /** Whether a variable of more than so many values is a table, to be taken by ranges of rows. */
  static boolean isLarge(Weight weight, long values) {
    return weight.isFused() && weight.shape().size() > values;
  }

  /**
   * The rows of a variable, in order.
   *
   * @param values how many values a range has at most, if a multiple of 4 rows fits in so many
   */
  static ImmutableList<RowRange> of(Weight weight, long values) {
    ImmutableList.Builder<RowRange> ranges = ImmutableList.builder();
    weight.parts().forEach(part -> ranges.addAll(of(weight, part, values)));
    return ranges.build();
  }

  /**
   * The rows of a part of a variable, in order.
   *
   * @param values as of {@link #of(Weight, long)}
   */
  static ImmutableList<RowRange> of(Weight weight, Weight.Part part, long values) {
    ImmutableList.Builder<RowRange> ranges = ImmutableList.builder();
    long rows = part.shape().get(0);
    long most = most(part.shape(), values);
    for (long first = 0; first < rows; first += most) {
      ranges.add(new RowRange(weight, part, first, Math.min(most, rows - first)));
    }
    return ranges.build();
  }

  /**
   * The most rows of a range.
   *
   * @param shape of the part
   * @param values as of {@link #of(Weight, long)}
   */
  static long most(Shape shape, long values) {
    return Math.max(4, values / shape.tail().size() / 4 * 4);
  }

  /** Number of values. */
  long size() {
    return count * part.shape().tail().size();
  }

  /** Number of the first row inside the variable. */
  long begin() {
    return part.rowOffset() + first;
  }

  /** How a checkpoint calls these rows of the part: nothing where they are all. */
  String slice() {
    return slice(part.shape(), first, count);
  }

  /** How a checkpoint calls rows of a part of this shape. */
  static String slice(Shape whole, long first, long count) {
    long[] sizes = whole.asArray();
    if (count == sizes[0]) {
      return "";
    }
    String shape = Arrays.stream(sizes).mapToObj(Long::toString).collect(Collectors.joining(" "));
    return shape + " " + first + "," + count + ":-".repeat(sizes.length - 1);
  }

  /** The op that writes the rows. */
  Op assign(Ops tf, Operand<TFloat32> values) {
    return weight.rows().assign(tf, begin(), count, values);
  }

  /** Whether any of the rows is a shard's. */
  boolean touches(int shard) {
    return new RowSplit(weight.shards().size()).count(shard, begin(), count) > 0;
  }

  /**
   * The op that writes those of the rows that are a shard's.
   *
   * @param tf ops on the shard's home
   * @param values all of the rows
   */
  Op assign(Ops tf, int shard, Operand<TFloat32> values) {
    return weight.rows().assign(tf, shard, begin(), count, values);
  }

  /**
   * Reads the rows.
   *
   * @param whole the value of a shard of the variable, on its home
   */
  Operand<TFloat32> read(Ops tf, Function<Weight.Shard, Operand<TFloat32>> whole) {
    return weight.rows().read(tf, begin(), count, whole);
  }
}
