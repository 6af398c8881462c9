package io.scenerank.layer.rnn;

import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.Activations.Activation;
import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.BuildScope;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.MaskedTensor;
import java.util.Collections;

/** A cell with kernels of its own: the states have the width {@code units}, and so the output. */
abstract class GatedCell extends Cell {
  private final int units;
  private final int states;
  private final Activation activation;

  /**
   * @param states number of states
   */
  GatedCell(LayerConfig config, int states) {
    super(config);
    this.units = config.integer("units", 1);
    this.states = states;
    this.activation = config.activation("activation");
  }

  final int units() {
    return units;
  }

  final Activation activation() {
    return activation;
  }

  @Override
  final ImmutableList<Integer> stateSizes() {
    return ImmutableList.copyOf(Collections.nCopies(states, units));
  }

  @Override
  final int outputSize() {
    return units;
  }

  /**
   * Creates the variables.
   *
   * @param inputDim width of the input
   */
  abstract Pass pass(BuildScope scope, int inputDim);

  @Override
  public final Call build(BuildScope scope, Arguments<MaskedTensor> inputs) {
    return new Built(pass(scope, inputs.only().size(-1)));
  }
}
