package io.scenerank.layer.core;

import com.fasterxml.jackson.databind.JsonNode;
import io.scenerank.layer.base.Activations.Activation;
import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.BuildScope;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.Layer.AffineCall;
import io.scenerank.layer.base.Layer.CallContext;
import io.scenerank.layer.base.Layer.Variable;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Structure;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.family.TFloating;

/**
 * Keras' {@code Dense}: {@code activation(x · kernel + bias)}.
 *
 * <p>Input [B, …, in], output [B, …, units]. Variables {@code kernel} [in, units] and {@code bias}
 * [units]. Source: Keras' layer of this name.
 */
final class Dense extends Layer {
  static final LayerType TYPE =
      LayerType.of("Dense", Dense::new)
          .argument("units")
          .argument("activation", null)
          .argument("use_bias", true)
          .variable("kernel", "glorot_uniform")
          .variable("bias", "zeros")
          .only("quantization_config", null);

  private final int units;
  private final boolean useBias;
  private final Activation activation;

  private Dense(LayerConfig config) {
    super(config);
    this.units = config.integer("units", 1);
    this.useBias = config.flag("use_bias");
    this.activation = config.activation("activation");
  }

  @Override
  public Masking masking() {
    return Masking.PASS;
  }

  @Override
  public Call build(BuildScope scope, Arguments<MaskedTensor> inputs) {
    int inputDim = inputs.only().size(-1);
    Variable kernel = scope.add("kernel", Shape.of(inputDim, units), config(), "kernel");
    Optional<Variable> bias = scope.addIf(useBias, "bias", Shape.of(units), config());
    Variable used = scope.adapted(kernel, config(), "kernel");
    UnaryCall activate = activation.bind(scope);
    boolean isPlain = used.equals(kernel) && isLinear(config().get("activation"));
    return new Affine(this, used, bias, activate, isPlain);
  }

  private static boolean isLinear(JsonNode activation) {
    return activation.isNull() || activation.asText().equals("linear");
  }

  /** The layer with its variables. */
  private record Affine(
      Dense layer, Variable kernel, Optional<Variable> bias, UnaryCall activate, boolean isLinear)
      implements AffineCall {
    @Override
    public Structure<MaskedTensor> call(CallContext context, Arguments<MaskedTensor> inputs) {
      return layer.unary(this::call).call(context, inputs);
    }

    private Operand<TFloating> call(CallContext context, Operand<TFloating> x) {
      return activate.call(context, affine(context.tf(), x));
    }
  }
}
