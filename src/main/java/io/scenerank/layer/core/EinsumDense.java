package io.scenerank.layer.core;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.Activations.Activation;
import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.BuildScope;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.Layer.Variable;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.MaskedTensor;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TFloating;

/**
 * Keras' {@code EinsumDense}: {@code activation(einsum(equation, x, kernel) + bias)}. It drops the
 * mask.
 *
 * <p>Input, kernel and output have the axes of the equation. Variables {@code kernel} and, where
 * {@code bias_axes} are given, {@code bias}.
 */
final class EinsumDense extends Layer {
  static final LayerType TYPE =
      LayerType.of("EinsumDense", EinsumDense::new)
          .argument("equation")
          .argument("output_shape")
          .argument("activation", null)
          .argument("bias_axes", null)
          .variable("kernel", "glorot_uniform")
          .variable("bias", "zeros")
          .only("gptq_unpacked_column_size", null)
          .only("quantization_config", null);

  private final EinsumEquation equation;
  private final ImmutableList<JsonNode> target;
  private final String biasAxes;
  private final Activation activation;

  private EinsumDense(LayerConfig config) {
    super(config);
    try {
      this.equation = EinsumEquation.of(config.text("equation"));
    } catch (IllegalArgumentException e) {
      throw config.wrong("equation", "[X],[Y]->[Z], ...[X],[Y]->...[Z] or [X]...,[Y]->[Z]...");
    }
    this.target = config.items("output_shape");
    this.biasAxes = config.optionalText("bias_axes").orElse("");
    this.activation = config.activation("activation");
  }

  @Override
  public Call build(BuildScope scope, Arguments<MaskedTensor> inputs) {
    EinsumEquation.Shapes shapes = equation.shapes(inputs.only().shape(), target, biasAxes);
    Variable kernel =
        scope.add(
            "kernel",
            shapes.kernel(),
            Shape.of(shapes.inputs(), shapes.outputs()),
            config(),
            "kernel");
    Optional<Variable> bias =
        scope.addIf(!biasAxes.isEmpty(), "bias", shape(shapes.bias()), config());
    Variable used = scope.adapted(kernel, config(), "kernel");
    UnaryCall activate = activation.bind(scope);
    return unary(
        (context, x) -> {
          Ops tf = context.tf();
          Operand<TFloating> out = tf.linalg.einsum(List.of(x, used.read(tf)), equation.text());
          return activate.call(
              context, bias.isPresent() ? tf.math.add(out, bias.get().read(tf)) : out);
        });
  }

  private static Shape shape(ImmutableList<Long> sizes) {
    for (long size : sizes) {
      if (size < 0) {
        throw new IllegalArgumentException("an axis of the bias has no known size");
      }
    }
    return Shape.of(sizes.stream().mapToLong(Long::longValue).toArray());
  }
}
