package io.scenerank.layer.ops;

import com.fasterxml.jackson.databind.JsonNode;
import io.scenerank.layer.base.LayerConfig;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.family.TNumber;

/**
 * Constants in the arguments of operations: numbers, lists of numbers, and arrays of numpy or
 * TensorFlow, whose types Keras writes next to their values.
 */
final class Constants {
  private Constants() {}

  /** Whether a constant is one number or flag. */
  static boolean isNumber(JsonNode json) {
    return json.isNumber() || json.isBoolean() || (json.isTextual() && isSpecial(json.asText()));
  }

  private static boolean isSpecial(String text) {
    return text.equals("NaN") || text.equals("Infinity") || text.equals("-Infinity");
  }

  /** The value of a number; JSON of Python has infinite ones too. */
  static double number(JsonNode json) {
    return json.isTextual() ? Double.parseDouble(json.asText()) : json.asDouble();
  }

  /**
   * A constant as an argument of an operation.
   *
   * @throws IllegalArgumentException if it holds no numbers
   */
  static Value read(Ops tf, JsonNode json) {
    if (isNumber(json)) {
      return Value.of(json);
    }
    boolean array = json.path("class_name").asText().matches("__(numpy|tensor)__");
    JsonNode values = array ? json.path("config").path("value") : json;
    List<Long> sizes = new ArrayList<>();
    List<JsonNode> flat = new ArrayList<>();
    collect(values, 0, sizes, flat);
    DType type =
        array
            ? DType.named(json.path("config").path("dtype").asText("float32"))
            : DType.result(flat.stream().map(item -> Value.of(item).type()).toList());
    Shape shape = Shape.of(sizes.stream().mapToLong(Long::longValue).toArray());
    return Value.of(tensor(tf, flat, shape, type));
  }

  private static Operand<TNumber> tensor(Ops tf, List<JsonNode> flat, Shape shape, DType type) {
    if (type.isFloat()) {
      double[] doubles = flat.stream().mapToDouble(Constants::number).toArray();
      Operand<TFloat64> exact = tf.constant(shape, DataBuffers.of(doubles, true, false));
      return Value.cast(tf, exact, type);
    }
    long[] longs =
        flat.stream()
            .mapToLong(item -> item.isBoolean() ? (item.asBoolean() ? 1 : 0) : item.asLong())
            .toArray();
    return Value.cast(tf, tf.constant(shape, DataBuffers.of(longs, true, false)), type);
  }

  private static void collect(JsonNode json, int depth, List<Long> sizes, List<JsonNode> flat) {
    if (!json.isArray()) {
      if (!isNumber(json) || depth != sizes.size()) {
        throw new IllegalArgumentException(
            "found the constant " + LayerConfig.shortened(json) + ", expected numbers");
      }
      flat.add(json);
      return;
    }
    if (depth == sizes.size()) {
      sizes.add((long) json.size());
    } else if (sizes.get(depth) != json.size()) {
      throw new IllegalArgumentException(
          "found a list of " + json.size() + " numbers next to one of " + sizes.get(depth));
    }
    json.forEach(item -> collect(item, depth + 1, sizes, flat));
  }
}
