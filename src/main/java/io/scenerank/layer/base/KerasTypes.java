package io.scenerank.layer.base;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.scenerank.config.InvalidInputException;
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
import org.tensorflow.types.family.TFloating;
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

  /**
   * Keras' {@code DTypePolicy}: the type in which a layer computes. Its variables are float32.
   *
   * @param name Keras' name, as {@code mixed_bfloat16}
   * @param compute type of the computation
   */
  public record DTypePolicy(String name, Class<? extends TFloating> compute) {
    /** The default. */
    public static final DTypePolicy FLOAT32 = new DTypePolicy("float32", TFloat32.class);

    /** Half the distance of 1 and the next number: how far one rounding is off. */
    public double roundoff() {
      return compute == TBfloat16.class ? 0x1p-8 : compute == TFloat16.class ? 0x1p-11 : 0x1p-24;
    }

    private static final ImmutableMap<String, DTypePolicy> KNOWN =
        ImmutableMap.of(
            "float32",
            FLOAT32,
            "float64",
            new DTypePolicy("float64", TFloat64.class),
            "mixed_float16",
            new DTypePolicy("mixed_float16", TFloat16.class),
            "mixed_bfloat16",
            new DTypePolicy("mixed_bfloat16", TBfloat16.class));

    /**
     * The policy of a layer.
     *
     * @param json a name, an object of the class {@code DTypePolicy} or {@code Policy}, or nothing
     * @throws InvalidInputException if it is another
     */
    static DTypePolicy of(JsonNode json, LayerConfig config) {
      boolean input = config.type().kerasClass().equals(InputLayer.KERAS_CLASS);
      if (json.isMissingNode() || json.isNull() || input) {
        return FLOAT32;
      }
      String name = json.isObject() ? json.path("config").path("name").asText() : json.asText();
      String className = json.path("class_name").asText();
      boolean plain =
          !json.isObject() || className.equals("DTypePolicy") || className.equals("Policy");
      DTypePolicy policy = plain ? KNOWN.get(name) : null;
      if (policy == null && plain && KerasTypes.of(name).isPresent() && !name.contains("float")) {
        return FLOAT32; // ids and texts, which are not computed with
      }
      if (policy == null && plain && KNOWN.containsKey("mixed_" + name)) {
        throw new InvalidInputException(
            String.format(
                "%s: dtype is %s: variables of 16 bits are not computed; mixed_%s computes in 16"
                    + " bits with variables of 32",
                config.shown(), name, name));
      }
      if (policy == null) {
        throw new InvalidInputException(
            String.format(
                "%s: dtype is %s, expected one of %s",
                config.shown(), LayerConfig.shortened(json), String.join(", ", KNOWN.keySet())));
      }
      return policy;
    }
  }
}
