package io.scenerank.layer.base;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.scenerank.variable.Initializer;
import java.util.Locale;
import org.tensorflow.ndarray.Shape;

/** Reads Keras' initializers by name or as objects. */
final class Initializers {
  private Initializers() {}

  /**
   * An initializer of an argument.
   *
   * @param shape of the variable
   * @throws io.scenerank.config.InvalidInputException if it is not one of Keras'
   */
  static Initializer read(LayerConfig config, String key, Shape shape) {
    JsonNode json = config.get(key);
    String name = json.isObject() ? json.path("class_name").asText() : json.asText("zeros");
    JsonNode given = json.isObject() ? json.path("config") : MissingNode.getInstance();
    return switch (name.toLowerCase(Locale.ROOT).replace("_", "")) {
      case "zeros", "zero", "null" -> Initializer.ZEROS;
      case "ones", "one" -> Initializer.constant(1f);
      case "constant" -> Initializer.constant((float) given.path("value").asDouble(0));
      case "randomuniform", "uniform" ->
          Initializer.uniform(
              given.path("minval").asDouble(-0.05), given.path("maxval").asDouble(0.05));
      case "randomnormal", "normal" ->
          Initializer.normal(given.path("mean").asDouble(0), given.path("stddev").asDouble(0.05));
      case "truncatednormal" ->
          Initializer.truncatedNormal(
              given.path("mean").asDouble(0), given.path("stddev").asDouble(0.05));
      case "glorotuniform" -> scaled(1, "fan_avg", "uniform", shape);
      case "glorotnormal" -> scaled(1, "fan_avg", "truncated_normal", shape);
      case "heuniform" -> scaled(2, "fan_in", "uniform", shape);
      case "henormal" -> scaled(2, "fan_in", "truncated_normal", shape);
      case "lecununiform" -> scaled(1, "fan_in", "uniform", shape);
      case "lecunnormal" -> scaled(1, "fan_in", "truncated_normal", shape);
      case "variancescaling" ->
          scaled(
              given.path("scale").asDouble(1),
              given.path("mode").asText("fan_in"),
              given.path("distribution").asText("truncated_normal"),
              shape);
      case "orthogonal" -> Initializer.orthogonal(given.path("gain").asDouble(1));
      case "identity", "identityinitializer" ->
          Initializer.identity(given.path("gain").asDouble(1));
      default ->
          throw config.wrong(
              key, "an initializer of Keras: zeros, ones, constant, glorot_uniform, …");
    };
  }

  private static Initializer scaled(double scale, String mode, String distribution, Shape shape) {
    double[] fans = fans(shape);
    double fan =
        switch (mode) {
          case "fan_in" -> fans[0];
          case "fan_out" -> fans[1];
          default -> (fans[0] + fans[1]) / 2;
        };
    double variance = scale / Math.max(1.0, fan);
    return switch (distribution) {
      case "uniform" -> Initializer.uniform(-Math.sqrt(3 * variance), Math.sqrt(3 * variance));
      case "untruncated_normal" -> Initializer.normal(0, Math.sqrt(variance));
      // The standard deviation of a normal distribution that is cut at two of its own.
      default -> Initializer.truncatedNormal(0, Math.sqrt(variance) / 0.8796256610342398);
    };
  }

  /**
   * Number of inputs and of outputs of a kernel; the first axes of a convolution are its window.
   */
  private static double[] fans(Shape shape) {
    int rank = shape.numDimensions();
    if (rank == 0) {
      return new double[] {1, 1};
    }
    if (rank == 1) {
      return new double[] {shape.get(0), shape.get(0)};
    }
    double window = 1;
    for (int axis = 0; axis < rank - 2; axis++) {
      window *= shape.get(axis);
    }
    return new double[] {window * shape.get(rank - 2), window * shape.get(rank - 1)};
  }
}
