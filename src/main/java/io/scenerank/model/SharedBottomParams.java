package io.scenerank.model;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.scenerank.model.ModelParams.Activation;
import io.scenerank.model.ModelParams.ModelInputs;

/**
 * Parameters of {@link SharedBottom}.
 *
 * @param taskNames one tower and one output each
 * @param bottomGroups groups whose columns stand side by side in the bottom's input, default [dnn];
 *     with the scenario's group among them the network knows the scenario, as a plain feature
 * @param bottomDnnUnits widths of the shared layers, default [256, 128]
 * @param bottomOutActive whether the activation follows the bottom's last layer, default true
 * @param taskTowerDnnUnits widths of a tower's layers before its output, default [64]
 * @param activation activation of all layers but the outputs, default relu
 * @param dropoutRate dropout after every layer of a network but its last, in [0, 1), default 0.1
 * @param useBn whether batch normalisation follows every layer of a network but its last, default
 *     false
 * @param linearLogits whether the linear logits join every task, default false
 */
record SharedBottomParams(
    ImmutableList<String> taskNames,
    ImmutableList<String> bottomGroups,
    ImmutableList<Integer> bottomDnnUnits,
    boolean bottomOutActive,
    ImmutableList<Integer> taskTowerDnnUnits,
    Activation activation,
    float dropoutRate,
    boolean useBn,
    boolean linearLogits)
    implements ModelParams {

  /**
   * @throws io.scenerank.config.InvalidInputException naming the key that is out of range
   */
  public SharedBottomParams {
    ParamChecks.require(
        !bottomGroups.isEmpty() && ImmutableSet.copyOf(bottomGroups).size() == bottomGroups.size(),
        "bottom_groups",
        bottomGroups,
        "one group or more, each once");
    ParamChecks.units("bottom_dnn_units", bottomDnnUnits);
    ParamChecks.units("task_tower_dnn_units", taskTowerDnnUnits);
    ParamChecks.dropout("dropout_rate", dropoutRate);
  }

  /** The defaults for these tasks. */
  public static SharedBottomParams defaults(ImmutableList<String> taskNames) {
    return new SharedBottomParams(
        taskNames,
        ImmutableList.of("dnn"),
        ImmutableList.of(256, 128),
        true,
        ImmutableList.of(64),
        Activation.RELU,
        0.1f,
        false,
        false);
  }

  @Override
  public ModelInputs inputs() {
    return ModelInputs.groups(bottomGroups.toArray(new String[0])).linearLogits(linearLogits);
  }
}
