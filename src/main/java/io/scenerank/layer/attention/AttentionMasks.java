package io.scenerank.layer.attention;

import io.scenerank.layer.base.Sizes;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TType;

/** Which query attends to which key. */
final class AttentionMasks {
  private AttentionMasks() {}

  /** True where both are; one alone where the other is absent. */
  static Optional<Operand<TBool>> and(
      Ops tf, Optional<Operand<TBool>> a, Optional<Operand<TBool>> b) {
    return a.isPresent() && b.isPresent()
        ? Optional.of(tf.math.logicalAnd(a.get(), b.get()))
        : a.or(() -> b);
  }

  /** [B, T] → [B, T, 1]. */
  static Operand<TBool> ofQueries(Ops tf, Operand<TBool> mask) {
    return tf.expandDims(mask, tf.constant(-1));
  }

  /** [B, S] → [B, 1, S]. */
  static Operand<TBool> ofKeys(Ops tf, Operand<TBool> mask) {
    return tf.expandDims(mask, tf.constant(-2));
  }

  /**
   * No query attends to a key behind it.
   *
   * @param query T is the size of {@code queryAxis}
   * @param value S is the size of {@code valueAxis}
   * @return [1, T, S]
   */
  static Operand<TBool> causal(
      Ops tf,
      Operand<? extends TType> query,
      int queryAxis,
      Operand<? extends TType> value,
      int valueAxis) {
    return tf.math.greaterEqual(
        tf.expandDims(places(tf, query, queryAxis), tf.constant(2)),
        places(tf, value, valueAxis)); // [1, T, 1] against [1, S]
  }

  /**
   * A query attends to keys less than {@code window} places away, in both directions.
   *
   * @return [1, T, S]
   */
  static Operand<TBool> window(
      Ops tf, Operand<? extends TType> query, Operand<? extends TType> value, int window) {
    Operand<TInt32> distance =
        tf.math.abs(
            tf.math.sub(tf.expandDims(places(tf, query, 1), tf.constant(2)), places(tf, value, 1)));
    return tf.math.less(distance, tf.constant(window));
  }

  /** 0, 1, … up to the size of an axis, [1, n]. */
  private static Operand<TInt32> places(Ops tf, Operand<? extends TType> x, int axis) {
    return tf.expandDims(
        tf.range(tf.constant(0), Sizes.of(tf, x, axis), tf.constant(1)), tf.constant(0));
  }
}
