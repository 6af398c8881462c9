package io.scenerank.layer.core;

import io.scenerank.layer.base.Activations.Activation;
import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.BuildScope;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Variable;
import io.scenerank.variable.Shapes;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
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
    Optional<Variable> bias =
        useBias
            ? Optional.of(scope.add("bias", Shape.of(units), config(), "bias"))
            : Optional.empty();
    Variable used = scope.adapted(kernel, config(), "kernel");
    UnaryCall activate = activation.bind(scope);
    return unary(
        (context, x) -> {
          Ops tf = context.tf();
          Operand<TFloating> out = product(tf, x, used.read(tf));
          Operand<TFloating> sum = bias.isPresent() ? tf.nn.biasAdd(out, bias.get().read(tf)) : out;
          return activate.call(context, sum);
        });
  }

  /** [B, …, in] · [in, units] → [B, …, units]. */
  private Operand<TFloating> product(Ops tf, Operand<TFloating> x, Operand<TFloating> kernel) {
    if (x.shape().numDimensions() == 2) {
      return tf.linalg.matMul(x, kernel);
    }
    long inputDim = kernel.shape().get(0);
    Operand<TFloating> rows = tf.reshape(x, tf.constant(new long[] {-1, inputDim})); // [B·…, in]
    return Shapes.replaceLast(tf, tf.linalg.matMul(rows, kernel), x, units);
  }
}
