package io.scenerank.layer.base;

import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TString;
import org.tensorflow.types.family.TFloating;
import org.tensorflow.types.family.TNumber;
import org.tensorflow.types.family.TType;

/**
 * A tensor of a graph and the mask that Keras carries along with it.
 *
 * @param value the tensor, batch first
 * @param mask true where a step counts, [B, L] for a value [B, L, …]; absent where all count
 */
public record MaskedTensor(Operand<? extends TType> value, Optional<Operand<TBool>> mask) {
  /** A tensor without a mask. */
  public static MaskedTensor of(Operand<? extends TType> value) {
    return new MaskedTensor(value, Optional.empty());
  }

  /** The same value under another mask. */
  public MaskedTensor withMask(Optional<Operand<TBool>> newMask) {
    return new MaskedTensor(value, newMask);
  }

  /** Whether the values are of a float type. */
  public boolean isFloating() {
    return KerasTypes.isFloat(value.type());
  }

  /** Whether the values are strings. */
  public boolean isText() {
    return value.type() == TString.class;
  }

  /** Whether the values are booleans. */
  public boolean isBool() {
    return value.type() == TBool.class;
  }

  /**
   * The value, of a float type.
   *
   * @throws IllegalArgumentException if it is of another type
   */
  @SuppressWarnings("unchecked")
  public Operand<TFloating> floats() {
    if (!isFloating()) {
      throw new IllegalArgumentException(
          "the input is " + value.type().getSimpleName() + ", expected floats");
    }
    return (Operand<TFloating>) (Operand<?>) value;
  }

  /**
   * The value, numbers of any type.
   *
   * @throws IllegalArgumentException if it is text or a boolean
   */
  @SuppressWarnings("unchecked")
  public Operand<TNumber> numbers() {
    if (isText() || isBool()) {
      throw new IllegalArgumentException(
          "the input is " + value.type().getSimpleName() + ", expected numbers");
    }
    return (Operand<TNumber>) (Operand<?>) value;
  }

  /** The value, of any type. */
  @SuppressWarnings("unchecked")
  public Operand<TType> any() {
    return (Operand<TType>) value;
  }

  /** The value as int32: floats are cut towards zero, as Keras does for ids. */
  public Operand<TInt32> ids(Ops tf) {
    return Casts.to(tf, value, TInt32.class);
  }

  /** The value as strings. */
  @SuppressWarnings("unchecked")
  public Operand<TString> text() {
    return (Operand<TString>) (Operand<?>) value;
  }

  /** The static shape; the batch is unknown, -1. */
  public Shape shape() {
    return value.shape();
  }

  /** Number of axes, the batch among them. */
  public int rank() {
    return value.shape().numDimensions();
  }

  /**
   * Size of an axis that has to be known.
   *
   * @param axis counted from the end where negative
   * @throws IllegalArgumentException if it is not known
   */
  public int size(int axis) {
    int place = axis < 0 ? axis + rank() : axis;
    long size = value.shape().get(place);
    if (size == Shape.UNKNOWN_SIZE) {
      throw new IllegalArgumentException(
          "axis " + axis + " of the input " + value.shape() + " has no known size");
    }
    return Math.toIntExact(size);
  }
}
