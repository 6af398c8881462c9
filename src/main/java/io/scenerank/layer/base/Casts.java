package io.scenerank.layer.base;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TFloat16;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.family.TFloating;
import org.tensorflow.types.family.TType;

/** Conversions between types of tensors; none where the type is right already. */
public final class Casts {
  private Casts() {}

  /** Values as another type. */
  @SuppressWarnings("unchecked")
  public static <T extends TType> Operand<T> to(Ops tf, Operand<? extends TType> x, Class<T> type) {
    return x.type() == type ? (Operand<T>) x : tf.dtypes.cast(x, type);
  }

  /** Values as a float type that is known when the graph is built. */
  @SuppressWarnings("unchecked")
  public static Operand<TFloating> toFloating(
      Ops tf, Operand<? extends TType> x, Class<? extends TType> type) {
    return (Operand<TFloating>) (Operand<?>) to(tf, x, (Class<TType>) type);
  }

  /** Whether numbers have so few digits that the order of sums shows. */
  public static boolean isHalf(Operand<TFloating> x) {
    return x.type() == (Class<?>) TFloat16.class || x.type() == (Class<?>) TBfloat16.class;
  }

  /** A number of the type of {@code like}. */
  @SuppressWarnings("unchecked")
  public static Operand<TFloating> number(Ops tf, Operand<TFloating> like, double value) {
    return like.type() == (Class<?>) TFloat64.class
        ? (Operand<TFloating>) (Operand<?>) tf.constant(value)
        : toFloating(tf, tf.constant((float) value), like.type());
  }
}
