package io.scenerank.layer.regularization;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.BuildScope;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.Layer.CallContext;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Noise;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.family.TFloating;

/**
 * Keras' {@code AlphaDropout}: in training, values get SELU's lowest value with probability {@code
 * rate}, then all are moved so that mean and variance stay. [B, …] → [B, …].
 *
 * <p>Source: Self-Normalizing Neural Networks (Klambauer et al., 2017), "New Dropout Technique".
 */
final class AlphaDropout extends Layer {
  static final LayerType TYPE =
      NoiseShape.arguments(LayerType.of("AlphaDropout", AlphaDropout::new));

  private static final double LOWEST = -1.6732632423543772 * 1.0507009873554805;

  private final double rate;
  private final Optional<ImmutableList<JsonNode>> noiseShape;

  private AlphaDropout(LayerConfig config) {
    super(config);
    this.rate = Noise.rate(config, "rate");
    this.noiseShape = NoiseShape.read(config);
  }

  @Override
  public Masking masking() {
    return Masking.PASS;
  }

  @Override
  public Call build(BuildScope scope, Arguments<MaskedTensor> inputs) {
    Noise noise = Noise.of(scope, config());
    return unary((context, x) -> rate == 0 ? x : dropped(noise, context, x));
  }

  private Operand<TFloating> dropped(Noise noise, CallContext context, Operand<TFloating> x) {
    Optional<Operand<TBool>> kept =
        noise.kept(context, x, rate, noiseShape.map(sizes -> NoiseShape.of(context, x, sizes)));
    if (kept.isEmpty()) {
      return x;
    }
    Ops tf = context.tf();
    double scale = 1 / Math.sqrt((1 - rate) * (1 + rate * LOWEST * LOWEST));
    Operand<TFloating> mixed = tf.select(kept.get(), x, context.number(x, LOWEST));
    return tf.math.add(
        tf.math.mul(mixed, context.number(x, scale)), context.number(x, -scale * LOWEST * rate));
  }
}
