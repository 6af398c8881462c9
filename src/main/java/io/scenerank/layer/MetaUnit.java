package io.scenerank.layer;

import com.google.common.collect.ImmutableList;
import io.scenerank.variable.LayerScope;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Squeeze;
import org.tensorflow.types.TFloat32;

/**
 * A stack of layers whose weights are generated from the scenario: {@code x ← dropout(activation(x
 * · W(s) + b(s)))}.
 *
 * <p>Inputs x [B, n, d] or [B, d] and scenario views s [B, sd], output of x's shape. Variables
 * {@code weights_dense/<i>} (d·d units), {@code bias_dense/<i>} (d units), and {@code
 * activation_list/<i>/alpha} with {@code prelu} ([n, d]) and {@code dice} ([1]). Source: M2M (Zhang
 * et al., 2022), "Meta unit".
 */
public final class MetaUnit extends Layer {
  private final ImmutableList<Dense> weightsDense; // weights_dense/<i>
  private final ImmutableList<Dense> biasDense; // bias_dense/<i>
  private final ImmutableList<ActivationFunction> activationList; // activation_list/<i>
  private final ImmutableList<Dropout> dropoutList; // dropout_list/<i>
  private final int inputDim;

  private MetaUnit(LayerScope scope, int inputDim, int steps, int scenarioDim, Options options) {
    super(scope);
    this.inputDim = inputDim;
    ImmutableList.Builder<Dense> weights = ImmutableList.builder();
    ImmutableList.Builder<Dense> biases = ImmutableList.builder();
    ImmutableList.Builder<ActivationFunction> activations = ImmutableList.builder();
    ImmutableList.Builder<Dropout> dropouts = ImmutableList.builder();
    for (int i = 0; i < options.numLayer(); i++) {
      weights.add(
          Dense.units(inputDim * inputDim)
              .l2Reg(options.l2Reg())
              .build(scope.child("weights_dense").child(i), scenarioDim));
      biases.add(
          Dense.units(inputDim)
              .l2Reg(options.l2Reg())
              .build(scope.child("bias_dense").child(i), scenarioDim));
      LayerScope activation = scope.child("activation_list").child(i);
      activations.add(options.activation().build(activation, Shape.of(steps, inputDim)));
      dropouts.add(
          new Dropout(
              scope.child("dropout_list").child(i), options.dropout(), options.callsPerStep()));
    }
    this.weightsDense = weights.build();
    this.biasDense = biases.build();
    this.activationList = activations.build();
    this.dropoutList = dropouts.build();
  }

  /**
   * Constructor arguments of the Python class.
   *
   * @param numLayer number of layers, at least 1
   * @param activation activation of every layer
   * @param dropout dropout after every layer
   * @param l2Reg factor of sum(kernel²) of the generating layers in the loss
   * @param callsPerStep how often a forward pass calls the unit
   */
  public record Options(
      int numLayer, Activation activation, float dropout, float l2Reg, int callsPerStep) {

    /**
     * Creates the variables.
     *
     * @param inputDim d
     * @param steps n, or 1 for inputs [B, d]
     * @param scenarioDim width of the scenario views
     */
    public MetaUnit build(LayerScope scope, int inputDim, int steps, int scenarioDim) {
      return new MetaUnit(scope, inputDim, steps, scenarioDim, this);
    }

    /** The same unit, called this often in a forward pass. */
    public Options callsPerStep(int calls) {
      return new Options(numLayer, activation, dropout, l2Reg, calls);
    }
  }

  /**
   * A unit whose weights are generated for a batch; all calls of the batch share them.
   *
   * @param unit the unit
   * @param weights W of each layer, [B, d, d]
   * @param biases b of each layer, [B, 1, d]
   */
  public record Generated(
      MetaUnit unit,
      ImmutableList<Operand<TFloat32>> weights,
      ImmutableList<Operand<TFloat32>> biases) {

    /**
     * Applies the unit.
     *
     * @param x [B, n, d] or [B, d]
     * @param call number of this call in the forward pass, from 0
     * @return of x's shape
     */
    public Operand<TFloat32> call(Ops tf, Operand<TFloat32> x, int call) {
      return unit.apply(tf, x, this, call);
    }
  }

  /** Generates the weights from the scenario views [B, sd]. */
  public Generated generate(Ops tf, Operand<TFloat32> scenarioViews) {
    List<Operand<TFloat32>> weights = new ArrayList<>();
    List<Operand<TFloat32>> biases = new ArrayList<>();
    for (int i = 0; i < weightsDense.size(); i++) {
      weights.add(weights(tf, i, scenarioViews)); // [B, d, d]
      biases.add(biases(tf, i, scenarioViews)); // [B, 1, d]
    }
    return new Generated(this, ImmutableList.copyOf(weights), ImmutableList.copyOf(biases));
  }

  /** W of a layer for scenario views [B, sd], [B, d, d]. */
  Operand<TFloat32> weights(Ops tf, int layer, Operand<TFloat32> scenarioViews) {
    return tf.reshape(
        weightsDense.get(layer).call(tf, scenarioViews),
        tf.constant(new int[] {-1, inputDim, inputDim}));
  }

  /** b of a layer for scenario views [B, sd], [B, 1, d]. */
  Operand<TFloat32> biases(Ops tf, int layer, Operand<TFloat32> scenarioViews) {
    return tf.expandDims(biasDense.get(layer).call(tf, scenarioViews), tf.constant(1));
  }

  /** Number of layers. */
  int numLayer() {
    return weightsDense.size();
  }

  /** What generates W of a layer. */
  Dense weightsDense(int layer) {
    return weightsDense.get(layer);
  }

  /** What generates b of a layer. */
  Dense biasDense(int layer) {
    return biasDense.get(layer);
  }

  /** Activation of a layer. */
  ActivationFunction activation(int layer) {
    return activationList.get(layer);
  }

  /** Dropout of a layer. */
  Dropout dropout(int layer) {
    return dropoutList.get(layer);
  }

  private Operand<TFloat32> apply(Ops tf, Operand<TFloat32> x, Generated generated, int call) {
    boolean flat = x.shape().numDimensions() == 2;
    Operand<TFloat32> out = flat ? tf.expandDims(x, tf.constant(1)) : x; // [B, n, d]
    for (int i = 0; i < weightsDense.size(); i++) {
      Operand<TFloat32> product =
          BatchProduct.call(tf, out, generated.weights().get(i)); // [B, n, d]
      out = activationList.get(i).call(tf, tf.math.add(product, generated.biases().get(i)));
      out = dropoutList.get(i).call(tf, out, call);
    }
    return flat ? tf.squeeze(out, Squeeze.axis(List.of(1L))) : out;
  }
}
