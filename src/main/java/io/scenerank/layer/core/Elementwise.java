package io.scenerank.layer.core;

import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.ActivationFormulas;
import io.scenerank.layer.base.Activations.ActivationFunctions.Function;
import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.BuildScope;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.MaskedTensor;

/**
 * Keras' layers that are a function of each value, with one number: {@code LeakyReLU}, {@code ELU}
 * and Keras 2's {@code ThresholdedReLU}. Input and output [B, …].
 */
final class Elementwise extends Layer {
  private static final LayerType LEAKY_RELU =
      LayerType.of(
              "LeakyReLU",
              config -> {
                double slope = notNegative(config, "negative_slope");
                return new Elementwise(
                    config, (tf, x) -> ActivationFormulas.leakyRelu(tf, x, slope));
              })
          .argument("negative_slope", 0.3)
          .ofKeras2(
              config -> {
                if (config.has("alpha")) {
                  config.set("negative_slope", config.remove("alpha"));
                }
                return config;
              });

  private static final LayerType ELU =
      LayerType.of(
              "ELU",
              config -> {
                double alpha = config.number("alpha");
                return new Elementwise(config, (tf, x) -> ActivationFormulas.elu(tf, x, alpha));
              })
          .argument("alpha", 1.0);

  private static final LayerType THRESHOLDED_RELU =
      LayerType.of(
              "ThresholdedReLU",
              config -> {
                double theta = notNegative(config, "theta");
                return new Elementwise(
                    config, (tf, x) -> ActivationFormulas.threshold(tf, x, theta, 0));
              })
          .argument("theta", 1.0);

  static final ImmutableList<LayerType> TYPES = ImmutableList.of(LEAKY_RELU, ELU, THRESHOLDED_RELU);

  private final Function function;

  private Elementwise(LayerConfig config, Function function) {
    super(config);
    this.function = function;
  }

  /** A number that Keras refuses where it is negative. */
  static double notNegative(LayerConfig config, String key) {
    double value = config.number(key);
    if (!(value >= 0)) {
      throw config.wrong(key, "a number of at least 0");
    }
    return value;
  }

  @Override
  public Masking masking() {
    return Masking.PASS;
  }

  @Override
  public Call build(BuildScope scope, Arguments<MaskedTensor> inputs) {
    return unary((context, x) -> function.call(context.tf(), x));
  }
}
