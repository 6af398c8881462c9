package io.scenerank.layer;

import io.scenerank.variable.LayerScope;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Gate Neural Unit, a two-layer network that scales what it is multiplied with by a personalised
 * prior: {@code gamma · sigmoid(relu(x W0 + b0) W1 + b1)}.
 *
 * <p>Input [B, p], output [B, units1] in (0, gamma). Source: PEPNet (Chang et al., 2023), section
 * 3.1.
 */
public final class GateNu extends Layer {
  private final Dense hidden; // dense_layers/0
  private final Dense scale; // dense_layers/1
  private final float gamma;

  private GateNu(LayerScope scope, int inputDim, Options options) {
    super(scope);
    LayerScope denseLayers = scope.child("dense_layers");
    this.hidden =
        Dense.units(options.units0())
            .activation(Activation.RELU)
            .l2Reg(options.l2Reg())
            .build(denseLayers.child(0), inputDim);
    this.scale =
        Dense.units(options.units1())
            .activation(Activation.SIGMOID)
            .l2Reg(options.l2Reg())
            .build(denseLayers.child(1), options.units0());
    this.gamma = options.gamma();
  }

  /** A gate with these two widths, gamma 2 and no regulariser. */
  public static Options hiddenUnits(int units0, int units1) {
    return new Options(units0, units1, 2f, 0f);
  }

  /**
   * Constructor arguments of the Python class.
   *
   * @param units0 width of the hidden layer
   * @param units1 width of the gate
   * @param gamma upper bound of the gate
   * @param l2Reg factor of sum(kernel²) in the loss, for both kernels
   */
  public record Options(int units0, int units1, float gamma, float l2Reg) {
    public Options gamma(float newGamma) {
      return new Options(units0, units1, newGamma, l2Reg);
    }

    public Options l2Reg(float newL2Reg) {
      return new Options(units0, units1, gamma, newL2Reg);
    }

    /** Creates the gate's variables for inputs of width {@code inputDim}. */
    public GateNu build(LayerScope scope, int inputDim) {
      return new GateNu(scope, inputDim, this);
    }
  }

  public Operand<TFloat32> call(Ops tf, Operand<TFloat32> x) {
    return gate(tf, hidden.call(tf, x)); // [B, units1]
  }

  /**
   * The gate of {@code concat(prior, stopGradient(x))}, whose backward pass leaves out the gradient
   * of x: that of the concatenation would be computed whole and most of it thrown away.
   *
   * @param prior [B, p]
   * @param x [B, E], the other inputs; no gradient flows back into them
   */
  public Operand<TFloat32> call(Ops tf, Operand<TFloat32> prior, Operand<TFloat32> x) {
    return gate(tf, hidden.call(tf, prior, tf.stopGradient(x))); // [B, units1]
  }

  private Operand<TFloat32> gate(Ops tf, Operand<TFloat32> hiddenOut) {
    return tf.math.mul(tf.constant(gamma), scale.call(tf, hiddenOut)); // [B, units1]
  }
}
