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
import io.scenerank.layer.base.Noise.DropoutCall;
import io.scenerank.layer.base.Structure;
import java.util.Optional;

/**
 * Keras' {@code Dropout}: in training, each value is 0 with probability {@code rate} and scaled by
 * {@code 1 / (1 - rate)} otherwise. [B, …] → [B, …].
 *
 * <p>Source: Dropout (Srivastava et al., 2014), section 4.
 */
final class Dropout extends Layer {
  static final LayerType TYPE = NoiseShape.arguments(LayerType.of("Dropout", Dropout::new));

  private final double rate;
  private final Optional<ImmutableList<JsonNode>> noiseShape;

  private Dropout(LayerConfig config) {
    super(config);
    this.rate = NoiseShape.share(config, "rate");
    this.noiseShape = NoiseShape.read(config);
  }

  @Override
  public Masking masking() {
    return Masking.PASS;
  }

  @Override
  public Call build(BuildScope scope, Arguments<MaskedTensor> inputs) {
    Noise noise = Noise.of(scope, config());
    Call dropping =
        unary(
            (context, x) ->
                noise.dropout(
                    context, x, rate, noiseShape.map(sizes -> NoiseShape.of(context, x, sizes))));
    return noiseShape.isPresent() ? dropping : new OfValues(dropping, noise, rate);
  }

  /** The layer without a shape of its noise. */
  private record OfValues(Call dropping, Noise noise, double rate) implements DropoutCall {
    @Override
    public Structure<MaskedTensor> call(CallContext context, Arguments<MaskedTensor> inputs) {
      return dropping.call(context, inputs);
    }
  }
}
