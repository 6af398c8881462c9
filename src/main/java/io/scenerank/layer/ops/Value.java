package io.scenerank.layer.ops;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import io.scenerank.layer.base.Casts;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;
import org.tensorflow.types.family.TType;

/**
 * An argument of an operation: a tensor, or a number of Python.
 *
 * @param tensor absent for a number
 * @param scalar a JSON number or flag; null for a tensor
 * @param type of the values
 */
record Value(Optional<Operand<? extends TType>> tensor, JsonNode scalar, DType type) {

  static Value of(Operand<? extends TType> tensor) {
    return new Value(Optional.of(tensor), NullNode.getInstance(), DType.of(tensor.type()));
  }

  static Value of(JsonNode number) {
    DType type =
        number.isBoolean()
            ? DType.BOOL
            : number.isIntegralNumber() ? DType.WEAK_INT : DType.WEAK_FLOAT;
    return new Value(Optional.empty(), number, type);
  }

  /** The values in a type; booleans too are as numbers for the compiler. */
  Operand<TNumber> as(Ops tf, DType wanted) {
    return tensor.isPresent()
        ? cast(tf, tensor.get(), wanted)
        : constant(tf, scalar.isBoolean() ? (scalar.asBoolean() ? 1 : 0) : number(), wanted);
  }

  /** The value of a number. */
  double number() {
    return Constants.number(scalar);
  }

  /** A tensor in a type. */
  static Operand<TNumber> cast(Ops tf, Operand<? extends TType> x, DType wanted) {
    return numbers(Casts.to(tf, x, wanted.tensorType()));
  }

  /** A scalar. */
  static Operand<TNumber> constant(Ops tf, double value, DType type) {
    Operand<? extends TType> found =
        switch (type) {
          case FLOAT64 -> tf.constant(value);
          case FLOAT32, WEAK_FLOAT -> tf.constant((float) value);
          case FLOAT16, BFLOAT16 -> Casts.to(tf, tf.constant((float) value), type.tensorType());
          case INT64 -> tf.constant((long) value);
          case BOOL -> tf.constant(value != 0);
          case INT32, WEAK_INT -> tf.constant((int) value);
          case UINT8 -> Casts.to(tf, tf.constant((int) value), type.tensorType());
        };
    return numbers(found);
  }

  /** The same tensor as the compiler wants it: the graph knows its type. */
  static Operand<TNumber> numbers(Operand<? extends TType> x) {
    return typed(x);
  }

  /** The same tensor as the compiler wants it: the graph knows its type. */
  @SuppressWarnings("unchecked")
  static <T extends TType> Operand<T> typed(Operand<? extends TType> x) {
    return (Operand<T>) (Operand<?>) x;
  }
}
