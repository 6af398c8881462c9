package io.scenerank.layer;

import static java.util.Objects.requireNonNull;

import io.scenerank.variable.Initializer;
import io.scenerank.variable.LayerScope;
import io.scenerank.variable.Shapes;
import io.scenerank.variable.Weight;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Keras' {@code Dense}: {@code activation(x · kernel + bias)}.
 *
 * <p>Input [B, …, in], output [B, …, units]. Variables {@code kernel} [in, units] (glorot_uniform)
 * and, unless switched off, {@code bias} [units] (zeros); {@code activation/alpha} with {@code
 * prelu} and {@code dice}.
 *
 * <p>Source: Keras' layer of this name.
 */
public final class Dense extends Layer {
  private final Weight kernel;
  private final @Nullable Weight bias;
  private final ActivationFunction activation; // activation
  private final int units;

  private Dense(LayerScope scope, int inputDim, Options options) {
    super(scope);
    this.units = options.units();
    this.kernel =
        scope.add("kernel", Shape.of(inputDim, units), Initializer.GLOROT_UNIFORM, options.l2Reg());
    this.bias =
        options.useBias() ? scope.add("bias", Shape.of(units), Initializer.ZEROS, 0f) : null;
    this.activation = options.activation().build(scope.child("activation"), Shape.of(units));
  }

  /** A Dense of this many units: linear, with a bias, without a regulariser. */
  public static Options units(int units) {
    return new Options(units, Activation.LINEAR, true, 0f);
  }

  /**
   * Keras' constructor arguments.
   *
   * @param units width of the output
   * @param activation follows the affine map
   * @param useBias whether there is a bias
   * @param l2Reg factor of sum(kernel²) in the loss
   */
  public record Options(int units, Activation activation, boolean useBias, float l2Reg) {
    public Options activation(Activation newActivation) {
      return new Options(units, newActivation, useBias, l2Reg);
    }

    public Options useBias(boolean newUseBias) {
      return new Options(units, activation, newUseBias, l2Reg);
    }

    public Options l2Reg(float newL2Reg) {
      return new Options(units, activation, useBias, newL2Reg);
    }

    /** Creates the layer's variables for inputs of width {@code inputDim}. */
    public Dense build(LayerScope scope, int inputDim) {
      return new Dense(scope, inputDim, this);
    }
  }

  public Operand<TFloat32> call(Ops tf, Operand<TFloat32> x) {
    int rank = x.shape().numDimensions();
    if (rank == 2) {
      return activation.call(tf, affine(tf, x));
    }
    long inputDim = kernel.shape().get(0);
    Operand<TFloat32> rows = tf.reshape(x, tf.constant(new long[] {-1, inputDim})); // [B·…, in]
    Operand<TFloat32> out = affine(tf, rows); // [B·…, units]
    return activation.call(tf, Shapes.replaceLast(tf, out, x, units)); // [B, …, units]
  }

  /**
   * The layer of {@code concat(left, right)}, each against its own rows of the kernel, so that
   * either side's gradient is left out where nothing needs it.
   *
   * @param left [B, l]
   * @param right [B, r], l + r = in
   * @return [B, units]
   */
  Operand<TFloat32> call(Ops tf, Operand<TFloat32> left, Operand<TFloat32> right) {
    int width = Shapes.last(left);
    // Split, not sliced twice: the gradient is one concat instead of two padded ones and their sum.
    int[] rows = {width, Shapes.last(right)};
    List<Output<TFloat32>> kernels =
        tf.splitV(kernel.value(), tf.constant(rows), tf.constant(0), (long) rows.length).output();
    Operand<TFloat32> ofRight = tf.linalg.matMul(right, kernels.get(1));
    Operand<TFloat32> ofLeft = tf.linalg.matMul(left, kernels.get(0));
    // The bias comes last: TensorFlow 2.18 gives up all its fusions where it meets a product with a
    // bias, a sum and an activation in this order.
    return activation.call(tf, biased(tf, tf.math.add(ofRight, ofLeft)));
  }

  /** Width of the output. */
  int units() {
    return units;
  }

  /** The kernel, [in, units]. */
  Operand<TFloat32> kernel() {
    return kernel.value();
  }

  /** The bias, [units], of a layer that has one. */
  Operand<TFloat32> bias() {
    return requireNonNull(bias, "use_bias").value();
  }

  private Operand<TFloat32> affine(Ops tf, Operand<TFloat32> x) {
    return biased(tf, tf.linalg.matMul(x, kernel.value()));
  }

  private Operand<TFloat32> biased(Ops tf, Operand<TFloat32> product) {
    return bias == null ? product : tf.nn.biasAdd(product, bias.value());
  }
}
