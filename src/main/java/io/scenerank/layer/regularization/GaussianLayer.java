package io.scenerank.layer.regularization;

import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.BuildScope;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Noise;
import org.tensorflow.Operand;
import org.tensorflow.types.family.TFloating;

/**
 * Keras' {@code GaussianDropout} and {@code GaussianNoise}: in training, each value times a random
 * number with the mean 1, or plus one with the mean 0. [B, …] → [B, …].
 */
final class GaussianLayer extends Layer {
  static final LayerType DROPOUT =
      LayerType.of("GaussianDropout", GaussianLayer::dropout)
          .argument("rate")
          .argument("seed", null);

  static final LayerType NOISE =
      LayerType.of("GaussianNoise", GaussianLayer::noise).argument("stddev").argument("seed", null);

  private final double mean;
  private final double deviation;

  private GaussianLayer(LayerConfig config, double mean, double deviation) {
    super(config);
    this.mean = mean;
    this.deviation = deviation;
  }

  private static GaussianLayer dropout(LayerConfig config) {
    double rate = Noise.rate(config, "rate");
    return new GaussianLayer(config, 1, Math.sqrt(rate / (1 - rate)));
  }

  private static GaussianLayer noise(LayerConfig config) {
    return new GaussianLayer(config, 0, NoiseShape.share(config, "stddev"));
  }

  @Override
  public Masking masking() {
    return Masking.PASS;
  }

  @Override
  public Call build(BuildScope scope, Arguments<MaskedTensor> inputs) {
    Noise noise = Noise.of(scope, config());
    return unary(
        (context, x) ->
            deviation == 0
                ? x
                : noise
                    .normal(context, x, mean, deviation)
                    .<Operand<TFloating>>map(
                        drawn ->
                            mean == 0
                                ? context.tf().math.add(x, drawn)
                                : context.tf().math.mul(x, drawn))
                    .orElse(x));
  }
}
