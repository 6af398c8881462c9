package io.scenerank.layer.base;

import com.fasterxml.jackson.databind.JsonNode;
import io.scenerank.config.InvalidInputException;
import io.scenerank.variable.WeightStore.Constraint;
import java.util.Locale;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.types.TFloat32;

/** Reads Keras' constraints by name or as objects. */
final class Constraints {
  /** Keras' {@code backend.epsilon()}. */
  private static final float EPSILON = 1e-7f;

  private Constraints() {}

  /**
   * A constraint of an argument.
   *
   * @param shown the layer in messages
   * @throws InvalidInputException if it is not one of Keras'
   */
  static Optional<Constraint> read(JsonNode json, String shown) {
    if (json.isNull() || json.isMissingNode()) {
      return Optional.empty();
    }
    String name = json.isObject() ? json.path("class_name").asText() : json.asText();
    JsonNode config = json.path("config");
    return Optional.of(
        switch (name.toLowerCase(Locale.ROOT).replace("_", "")) {
          case "maxnorm" -> norm(config, 0, config.path("max_value").asDouble(2), 1);
          case "unitnorm" -> unitNorm(axes(config));
          case "minmaxnorm" ->
              norm(
                  config,
                  config.path("min_value").asDouble(0),
                  config.path("max_value").asDouble(1),
                  config.path("rate").asDouble(1));
          case "nonneg", "nonnegative" -> (tf, value) -> tf.math.maximum(value, tf.constant(0f));
          default ->
              throw new InvalidInputException(
                  shown
                      + ": the constraint "
                      + LayerConfig.shortened(json)
                      + " is unknown, expected MaxNorm, MinMaxNorm, NonNeg or UnitNorm");
        });
  }

  private static int[] axes(JsonNode config) {
    JsonNode axis = config.path("axis");
    if (!axis.isArray()) {
      return new int[] {axis.asInt(0)};
    }
    int[] axes = new int[axis.size()];
    for (int i = 0; i < axes.length; i++) {
      axes[i] = axis.get(i).asInt();
    }
    return axes;
  }

  private static Constraint unitNorm(int[] axes) {
    return (tf, value) ->
        tf.math.div(value, tf.math.add(tf.constant(EPSILON), norms(tf, value, axes)));
  }

  /** Brings norms between two limits, or a part of the way there. */
  private static Constraint norm(JsonNode config, double least, double most, double rate) {
    int[] axes = axes(config);
    return (tf, value) -> {
      Operand<TFloat32> norms = norms(tf, value, axes);
      Operand<TFloat32> limited =
          tf.clipByValue(norms, tf.constant((float) least), tf.constant((float) most));
      Operand<TFloat32> wanted =
          rate == 1
              ? limited
              : tf.math.add(
                  tf.math.mul(tf.constant((float) rate), limited),
                  tf.math.mul(tf.constant((float) (1 - rate)), norms));
      return tf.math.mul(value, tf.math.div(wanted, tf.math.add(tf.constant(EPSILON), norms)));
    };
  }

  private static Operand<TFloat32> norms(Ops tf, Operand<TFloat32> value, int[] axes) {
    return tf.math.sqrt(
        tf.reduceSum(tf.math.square(value), tf.constant(axes), ReduceSum.keepDims(true)));
  }
}
