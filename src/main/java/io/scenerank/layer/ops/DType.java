package io.scenerank.layer.ops;

import com.google.common.collect.ImmutableMap;
import io.scenerank.layer.base.KerasTypes;
import java.util.Arrays;
import java.util.List;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat16;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TUint8;
import org.tensorflow.types.family.TType;

/**
 * The types of numbers in the order in which Keras promotes them: the result of several is the last
 * of them. A number of Python is weak: it takes the type of what is next to it. Source: Keras'
 * {@code backend.result_type}.
 */
enum DType {
  BOOL(TBool.class),
  WEAK_INT(TInt32.class),
  UINT8(TUint8.class),
  INT32(TInt32.class),
  INT64(TInt64.class),
  WEAK_FLOAT(TFloat32.class),
  BFLOAT16(TBfloat16.class),
  FLOAT16(TFloat16.class),
  FLOAT32(TFloat32.class),
  FLOAT64(TFloat64.class);

  private static final ImmutableMap<Class<? extends TType>, DType> STRONG =
      Arrays.stream(values())
          .filter(type -> type != WEAK_INT && type != WEAK_FLOAT)
          .collect(ImmutableMap.toImmutableMap(type -> type.tensorType, type -> type));

  private final Class<? extends TType> tensorType;

  DType(Class<? extends TType> tensorType) {
    this.tensorType = tensorType;
  }

  /** The type of tensors. */
  Class<? extends TType> tensorType() {
    return tensorType;
  }

  /** Whether its values may have a fraction. */
  boolean isFloat() {
    return compareTo(WEAK_FLOAT) >= 0;
  }

  /**
   * The type of a tensor.
   *
   * @throws IllegalArgumentException if it holds no numbers
   */
  static DType of(Class<? extends TType> type) {
    DType found = STRONG.get(type);
    if (found == null) {
      throw new IllegalArgumentException(
          "the input is " + type.getSimpleName() + ", expected numbers");
    }
    return found;
  }

  /**
   * A type by Keras' name.
   *
   * @throws IllegalArgumentException if Keras has none of this name, or it holds no numbers
   */
  static DType named(String name) {
    if (name.equals("int")) {
      return INT64;
    }
    if (name.equals("float")) {
      return FLOAT32;
    }
    return of(
        KerasTypes.of(name)
            .orElseThrow(() -> new IllegalArgumentException("the type '" + name + "' is unknown")));
  }

  /** What an operation on values of these types computes in. */
  static DType result(List<DType> types) {
    DType result = types.stream().max(DType::compareTo).orElse(FLOAT32);
    if (result == FLOAT16 && types.contains(BFLOAT16)) {
      return FLOAT32;
    }
    return result == WEAK_INT ? INT32 : result == WEAK_FLOAT ? FLOAT32 : result;
  }

  /** What an operation on values of these types computes in. */
  static DType result(DType... types) {
    return result(Arrays.asList(types));
  }
}
