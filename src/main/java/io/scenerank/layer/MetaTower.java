package io.scenerank.layer;

import com.google.common.collect.ImmutableList;
import io.scenerank.variable.LayerScope;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A task's tower of meta units, each followed by the activation and the dropout once more. The
 * paper's formula adds a unit's input to its output before the activation; the Python code does
 * not.
 *
 * <p>Input x [B, d], output [B, d]. Variables the units', and {@code activation_list/<j>/alpha}
 * with {@code prelu} ([d]) and {@code dice} ([1]). Source: M2M (Zhang et al., 2022), "Tower meta
 * network".
 */
public final class MetaTower extends Layer {
  private final ImmutableList<ActivationFunction> activationList; // activation_list/<j>
  private final ImmutableList<Dropout> dropoutList; // dropout_list/<j>
  private final Options options;

  private MetaTower(LayerScope scope, int inputDim, Options options) {
    super(scope);
    this.options = options;
    ImmutableList.Builder<ActivationFunction> activations = ImmutableList.builder();
    ImmutableList.Builder<Dropout> dropouts = ImmutableList.builder();
    for (int j = 0; j < options.numLayer(); j++) {
      LayerScope activation = scope.child("activation_list").child(j);
      activations.add(options.activation().build(activation, Shape.of(inputDim)));
      dropouts.add(new Dropout(scope.child("dropout_list").child(j), options.dropout()));
    }
    this.activationList = activations.build();
    this.dropoutList = dropouts.build();
  }

  /**
   * Constructor arguments of the Python class.
   *
   * @param numLayer number of units, at least 1
   * @param activation activation after every unit
   * @param dropout dropout after every activation
   * @param towerResidual whether a unit's input is added to its output
   */
  public record Options(int numLayer, Activation activation, float dropout, boolean towerResidual) {

    /** Creates the tower's own variables for inputs of width {@code inputDim}. */
    public MetaTower build(LayerScope scope, int inputDim) {
      return new MetaTower(scope, inputDim, this);
    }
  }

  /** Activation after a step's unit. */
  ActivationFunction activation(int step) {
    return activationList.get(step);
  }

  /** Dropout after a step's activation. */
  Dropout dropout(int step) {
    return dropoutList.get(step);
  }

  Options options() {
    return options;
  }

  /** The scope of the tower's own unit number {@code index}, if no unit is given. */
  public static LayerScope ownUnit(LayerScope scope, int index) {
    return scope.child("layers").child(index);
  }

  /** A unit of a tower and the number of the call that the tower makes. */
  public record Step(MetaUnit.Generated unit, int call) {}

  /**
   * Applies the tower.
   *
   * @param x [B, d]
   * @param steps one a layer
   * @return [B, d]
   */
  public Operand<TFloat32> call(Ops tf, Operand<TFloat32> x, List<Step> steps) {
    Operand<TFloat32> out = x;
    for (int j = 0; j < options.numLayer(); j++) {
      Step step = steps.get(j);
      Operand<TFloat32> meta = step.unit().call(tf, out, step.call()); // [B, d]
      Operand<TFloat32> sum = options.towerResidual() ? tf.math.add(meta, out) : meta;
      out = dropoutList.get(j).call(tf, activationList.get(j).call(tf, sum)); // [B, d]
    }
    return out;
  }
}
