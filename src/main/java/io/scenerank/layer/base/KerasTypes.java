package io.scenerank.layer.base;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat16;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TString;
import org.tensorflow.types.TUint8;
import org.tensorflow.types.family.TType;

/** The types of tensors under Keras' names. */
public final class KerasTypes {
  private static final ImmutableMap<String, Class<? extends TType>> TYPES =
      ImmutableMap.<String, Class<? extends TType>>builder()
          .put("float32", TFloat32.class)
          .put("float64", TFloat64.class)
          .put("float16", TFloat16.class)
          .put("bfloat16", TBfloat16.class)
          .put("int64", TInt64.class)
          .put("int32", TInt32.class)
          // TensorFlow has few ops for narrower integers; their values are the same.
          .put("int16", TInt32.class)
          .put("int8", TInt32.class)
          .put("uint16", TInt32.class)
          .put("uint32", TInt64.class)
          .put("uint8", TUint8.class)
          .put("bool", TBool.class)
          .put("string", TString.class)
          .buildOrThrow();

  private static final ImmutableSet<Class<?>> FLOATS =
      ImmutableSet.of(TFloat32.class, TFloat64.class, TFloat16.class, TBfloat16.class);

  private KerasTypes() {}

  /** Whether values of a type may have a fraction. */
  public static boolean isFloat(Class<? extends TType> type) {
    return FLOATS.contains(type);
  }

  /** A type by its name; absent where Keras has none of this name. */
  public static Optional<Class<? extends TType>> of(String name) {
    return Optional.ofNullable(TYPES.get(name));
  }

  /** The name of a type. */
  public static String nameOf(Class<? extends TType> type) {
    return TYPES.entrySet().stream()
        .filter(entry -> entry.getValue() == type)
        .map(Map.Entry::getKey)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no type of Keras is a " + type));
  }
}
