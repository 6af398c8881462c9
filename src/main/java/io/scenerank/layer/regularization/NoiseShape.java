package io.scenerank.layer.regularization;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.Layer.CallContext;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.Sizes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TFloating;

/** The arguments that layers of dropout share. */
final class NoiseShape {
  private NoiseShape() {}

  /** Adds the arguments of layers that drop values. */
  static LayerType arguments(LayerType type) {
    return type.argument("rate").argument("noise_shape", null).argument("seed", null);
  }

  /** A probability or a deviation, in [0, 1]. */
  static double share(LayerConfig config, String key) {
    double share = config.number(key);
    if (!(share >= 0 && share <= 1)) {
      throw config.wrong(key, "a number from 0 to 1");
    }
    return share;
  }

  /** The argument {@code noise_shape}: sizes, None for the input's. */
  static Optional<ImmutableList<JsonNode>> read(LayerConfig config) {
    String key = "noise_shape";
    if (!config.has(key)) {
      return Optional.empty();
    }
    ImmutableList<JsonNode> sizes = config.items(key);
    if (!sizes.stream().allMatch(size -> size.isNull() || (size.isInt() && size.intValue() > 0))) {
      throw config.wrong(key, "a list of positive integers or None");
    }
    return Optional.of(sizes);
  }

  /** The sizes for an input. */
  static List<Operand<TInt32>> of(
      CallContext context, Operand<TFloating> x, ImmutableList<JsonNode> sizes) {
    if (sizes.size() != x.shape().numDimensions()) {
      throw new IllegalArgumentException(
          "noise_shape is " + sizes + ", expected a size for each axis of the input " + x.shape());
    }
    List<Operand<TInt32>> shape = new ArrayList<>();
    for (int axis = 0; axis < sizes.size(); axis++) {
      JsonNode size = sizes.get(axis);
      shape.add(
          size.isNull() ? Sizes.of(context.tf(), x, axis) : context.tf().constant(size.intValue()));
    }
    return shape;
  }
}
