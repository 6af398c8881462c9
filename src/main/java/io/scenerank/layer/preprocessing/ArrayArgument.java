package io.scenerank.layer.preprocessing;

import com.fasterxml.jackson.databind.JsonNode;
import io.scenerank.layer.base.Casts;
import io.scenerank.layer.base.LayerConfig;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.family.TFloating;
import org.tensorflow.types.family.TType;

/**
 * A number or an array that an argument holds.
 *
 * @param values in row-major order
 * @param shape of the array; scalar for a number
 */
record ArrayArgument(double[] values, Shape shape) {

  /**
   * Reads an argument: a number, lists of lists, or one of numpy's arrays.
   *
   * @throws io.scenerank.config.InvalidInputException if it is neither
   */
  static ArrayArgument of(LayerConfig config, String key) {
    double[] values = config.numbers(key);
    List<Long> sizes = new ArrayList<>();
    JsonNode json = config.get(key);
    while (json.isObject()) {
      json =
          json.path("config").has("value")
              ? json.path("config").path("value")
              : json.path("config");
    }
    for (; json.isArray(); json = json.path(0)) {
      sizes.add((long) json.size());
    }
    Shape shape = Shape.of(sizes.stream().mapToLong(Long::longValue).toArray());
    if (shape.size() != values.length) {
      throw config.wrong(key, "lists of the same length");
    }
    return new ArrayArgument(values, shape);
  }

  /** The values as another shape. */
  Operand<TFloating> constant(Ops tf, Shape other, Class<? extends TType> type) {
    Operand<TFloat64> flat = tf.constant(values);
    Operand<TFloat64> shaped = tf.reshape(flat, tf.constant(other.asArray()));
    // Keras reads numbers of a config as float32 first.
    return type == TFloat64.class
        ? Casts.toFloating(tf, shaped, type)
        : Casts.toFloating(tf, Casts.to(tf, shaped, TFloat32.class), type);
  }
}
