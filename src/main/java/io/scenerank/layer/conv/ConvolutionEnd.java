package io.scenerank.layer.conv;

import io.scenerank.layer.base.Activations.Activation;
import io.scenerank.layer.base.BuildScope;
import io.scenerank.layer.base.DataFormat;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.Layer.CallContext;
import io.scenerank.layer.base.Layer.Variable;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TFloating;

/** What follows the sums of a convolution: bias, order of the axes, activation. */
record ConvolutionEnd(boolean useBias, DataFormat format, Activation activation) {

  /** Adds the arguments to a type. */
  static LayerType arguments(LayerType type) {
    return type.argument("activation", null).argument("use_bias", true).variable("bias", "zeros");
  }

  static ConvolutionEnd of(LayerConfig config) {
    return new ConvolutionEnd(
        config.flag("use_bias"), DataFormat.of(config), config.activation("activation"));
  }

  /**
   * Creates the variables.
   *
   * @param channels of the output
   * @return takes sums with their channels last
   */
  Layer.UnaryCall build(BuildScope scope, LayerConfig config, int channels) {
    Optional<Variable> bias = scope.addIf(useBias, "bias", Shape.of(channels), config);
    Layer.UnaryCall activate = activation.bind(scope);
    return (CallContext context, Operand<TFloating> sums) -> {
      Ops tf = context.tf();
      Operand<TFloating> moved = bias.isPresent() ? tf.nn.biasAdd(sums, bias.get().read(tf)) : sums;
      return activate.call(context, format.fromChannelsLast(tf, moved));
    };
  }
}
