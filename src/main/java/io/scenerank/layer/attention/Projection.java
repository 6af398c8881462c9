package io.scenerank.layer.attention;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.Activations.Activation;
import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.BuildScope;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.Layer.Variable;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Sizes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TFloating;

/**
 * The {@code EinsumDense} inside Keras' attention layers: the last axes of the input become others.
 *
 * <p>Input [B, …, in…], output [B, …, out…]. Variables {@code kernel} [in…, out…] and {@code bias}
 * [out…]. Source: Keras' EinsumDense.
 */
final class Projection extends Layer {
  private static final LayerType TYPE =
      LayerType.of("EinsumDense", Projection::new)
          .argument("input_axes")
          .argument("sizes")
          .argument("use_bias", true)
          .argument("activation", null)
          .variable("kernel", "glorot_uniform")
          .variable("bias", "zeros");

  private static final ImmutableList<String> SHARED =
      ImmutableList.of(
          "use_bias",
          "kernel_initializer",
          "kernel_regularizer",
          "kernel_constraint",
          "bias_initializer",
          "bias_regularizer",
          "bias_constraint",
          "activity_regularizer");

  private final int inputAxes;
  private final ImmutableList<Integer> sizes;
  private final Activation activation;

  private Projection(LayerConfig config) {
    super(config);
    this.inputAxes = config.integer("input_axes", 1);
    this.sizes = config.integers("sizes");
    this.activation = config.activation("activation");
  }

  /**
   * A projection of an attention layer.
   *
   * @param attention config of that layer, with the arguments of its projections
   * @param inputAxes number of axes of the input that become others
   * @param sizes of the axes that they become
   */
  static Layer of(
      LayerConfig attention, String name, int inputAxes, List<Integer> sizes, String activation) {
    ObjectNode given = attention.json(SHARED);
    ArrayNode list = given.put("input_axes", inputAxes).putArray("sizes");
    sizes.forEach(list::add);
    given.put("activation", activation);
    return attention.inner(TYPE, name, given);
  }

  @Override
  public Masking masking() {
    return Masking.PASS;
  }

  @Override
  public Call build(BuildScope scope, Arguments<MaskedTensor> inputs) {
    MaskedTensor first = inputs.only();
    long[] shape = new long[inputAxes + sizes.size()];
    for (int i = 0; i < inputAxes; i++) {
      shape[i] = first.size(i - inputAxes);
    }
    long[] out = sizes.stream().mapToLong(Integer::longValue).toArray();
    System.arraycopy(out, 0, shape, inputAxes, out.length);
    Shape kernelShape = Shape.of(shape);
    Shape matrix = Shape.of(kernelShape.take(inputAxes).size(), Shape.of(out).size()); // [in, out]
    // Keras 2 takes the axes before the last two for those of a convolution's window.
    Shape fans = config().generation() == 2 ? kernelShape : matrix;
    Variable kernel = scope.add("kernel", kernelShape, fans, config(), "kernel");
    Optional<Variable> bias =
        scope.addIf(config().flag("use_bias"), "bias", Shape.of(out), config());
    UnaryCall activate = activation.bind(scope);
    return unary(
        (context, x) -> {
          Ops tf = context.tf();
          Operand<TFloating> rows =
              tf.reshape(x, tf.constant(new long[] {-1, matrix.get(0)})); // [B·…, in]
          Operand<TFloating> product =
              tf.linalg.matMul(
                  rows, tf.reshape(kernel.read(tf), tf.constant(matrix.asArray()))); // [B·…, out]
          if (bias.isPresent()) {
            Operand<TFloating> flat =
                tf.reshape(bias.get().read(tf), tf.constant(new int[] {-1})); // [out]
            product = tf.nn.biasAdd(product, flat);
          }
          return activate.call(context, leading(tf, product, x));
        });
  }

  /** [B·…, out] → [B, …, out…]. */
  private Operand<TFloating> leading(Ops tf, Operand<TFloating> rows, Operand<TFloating> x) {
    List<Operand<TInt32>> all = new ArrayList<>();
    for (int axis = 0; axis < x.shape().numDimensions() - inputAxes; axis++) {
      all.add(Sizes.of(tf, x, axis));
    }
    sizes.forEach(size -> all.add(tf.constant(size)));
    return Sizes.reshape(tf, rows, all);
  }
}
