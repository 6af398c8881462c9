package io.scenerank.export;

import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Stack;
import org.tensorflow.op.strings.StringSplit;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TString;
import org.tensorflow.types.family.TType;

/** Sequences of raw values in the ops of a graph: the last ones count, zeros come in front. */
final class RawSequences {
  private final Ops tf;

  RawSequences(Ops tf) {
    this.tf = tf;
  }

  /**
   * The values of all rows, one after the other.
   *
   * @param rows the row of each value, rising [N]
   * @param values [N]
   * @param count number of rows, a scalar
   * @param weights of the values, [N], where they have some
   */
  record Values(
      Operand<TInt32> rows,
      Operand<TString> values,
      Operand<TInt32> count,
      Optional<Operand<TFloat32>> weights) {
    private Values(Operand<TInt32> rows, Operand<TString> values, Operand<TInt32> count) {
      this(rows, values, count, Optional.empty());
    }

    Values with(UnaryOperator<Operand<TString>> change) {
      return new Values(rows, change.apply(values), count, weights);
    }

    Values weightedBy(Operand<TFloat32> own) {
      return new Values(rows, values, count, Optional.of(own));
    }
  }

  /**
   * The values of texts.
   *
   * @param texts [B, 1]
   */
  Values split(Operand<TString> texts, String delimiter) {
    Operand<TString> flat = tf.reshape(texts, tf.constant(new int[] {-1}));
    StringSplit split = tf.strings.stringSplit(flat, tf.constant(delimiter));
    Operand<TInt64> rows =
        tf.reshape(
            tf.slice(
                split.indices(), tf.constant(new int[] {0, 0}), tf.constant(new int[] {-1, 1})),
            tf.constant(new int[] {-1}));
    return new Values(tf.dtypes.cast(rows, TInt32.class), split.values(), size(flat, 0));
  }

  /**
   * The values of a matrix.
   *
   * @param texts [B, W]
   */
  Values of(Operand<TString> texts) {
    Operand<TString> flat = tf.reshape(texts, tf.constant(new int[] {-1}));
    // Without columns there is no value, and nothing is divided.
    Operand<TInt32> width = tf.math.maximum(size(texts, 1), tf.constant(1));
    return new Values(tf.math.div(numbers(size(flat, 0)), width), flat, size(texts, 0));
  }

  /**
   * The ids of the last values of each row that are not empty, [B, length].
   *
   * @param ids what values become
   */
  Operand<TInt32> last(Values all, int length, Ids ids) {
    return scattered(
        all, length, (values, kept) -> ids.of(tf.gather(values.values(), kept, tf.constant(0))));
  }

  /** The weights of the last values of each row that are not empty, [B, length]. */
  Operand<TFloat32> lastWeights(Values all, int length) {
    return scattered(
        all,
        length,
        (values, kept) -> tf.gather(values.weights().orElseThrow(), kept, tf.constant(0)));
  }

  /**
   * Something of the last values of each row that are not empty, [B, length], zeros in front.
   *
   * @param of what is taken of the values at some places
   */
  private <T extends TType> Operand<T> scattered(
      Values all, int length, BiFunction<Values, Operand<TInt32>, Operand<T>> of) {
    Values values = where(all, tf.math.notEqual(all.values(), tf.constant("")));
    Operand<TInt32> columns = columns(values, length);
    Operand<TInt32> kept = places(tf.math.greaterEqual(columns, tf.constant(0)));
    Operand<TInt32> indices =
        tf.stack(
            List.of(gather(values.rows(), kept), gather(columns, kept)), Stack.axis(1L)); // [N, 2]
    return tf.scatterNd(
        indices, of.apply(values, kept), tf.stack(List.of(all.count(), tf.constant(length))));
  }

  /** The column of each value when a row's last one is in the last; below 0 it is cut off. */
  private Operand<TInt32> columns(Values values, int length) {
    Operand<TInt32> counts =
        tf.math.unsortedSegmentSum(
            tf.onesLike(values.rows()), values.rows(), values.count()); // [B]
    Operand<TInt32> ends = tf.math.cumsum(counts, tf.constant(0));
    Operand<TInt32> fromEnd =
        tf.math.sub(gather(ends, values.rows()), numbers(size(values.rows(), 0)));
    return tf.math.sub(tf.constant(length), fromEnd);
  }

  /** What ids values have. */
  @FunctionalInterface
  interface Ids {
    Operand<TInt32> of(Operand<TString> values);
  }

  /** The last columns of a matrix of ids, zeros in front where it has fewer, [B, length]. */
  Operand<TInt32> last(Operand<TInt32> ids, int length) {
    Operand<TInt32> zeros =
        tf.fill(tf.stack(List.of(size(ids, 0), tf.constant(length))), tf.constant(0));
    Operand<TInt32> padded = tf.concat(List.of(zeros, ids), tf.constant(1));
    Operand<TInt32> from = tf.stack(List.of(tf.constant(0), size(ids, 1)));
    return tf.slice(padded, from, tf.constant(new int[] {-1, length}));
  }

  private Values where(Values all, Operand<TBool> kept) {
    Operand<TInt32> places = places(kept);
    return new Values(
        gather(all.rows(), places),
        tf.gather(all.values(), places, tf.constant(0)),
        all.count(),
        all.weights().map(weights -> tf.gather(weights, places, tf.constant(0))));
  }

  private Operand<TInt32> places(Operand<TBool> kept) {
    return tf.dtypes.cast(tf.reshape(tf.where(kept), tf.constant(new int[] {-1})), TInt32.class);
  }

  private Operand<TInt32> gather(Operand<TInt32> values, Operand<TInt32> places) {
    return tf.gather(values, places, tf.constant(0));
  }

  /** 0, 1, … below a number. */
  private Operand<TInt32> numbers(Operand<TInt32> end) {
    return tf.range(tf.constant(0), end, tf.constant(1));
  }

  private Operand<TInt32> size(Operand<?> value, int axis) {
    return tf.gather(tf.shape(value), tf.constant(axis), tf.constant(0));
  }
}
