package io.scenerank.model;

import com.google.common.collect.ImmutableList;
import io.scenerank.model.ModelParams.ModelInputs;

/**
 * Parameters of {@link Mmoe}, under the names of the Python model.
 *
 * @param taskNames one gate, one tower and one output each
 * @param expertNums number of experts, default 4
 * @param expertDnnUnits widths of an expert's layers, default [128, 64]
 * @param gateDnnUnits widths of a gate's layers before its softmax, default [128, 64]
 * @param taskTowerDnnUnits widths of a tower's layers before its output, default [128, 64]
 * @param dropoutRate dropout after every layer of a network but its last, in [0, 1), default 0.1
 */
public record MmoeParams(
    ImmutableList<String> taskNames,
    int expertNums,
    ImmutableList<Integer> expertDnnUnits,
    ImmutableList<Integer> gateDnnUnits,
    ImmutableList<Integer> taskTowerDnnUnits,
    float dropoutRate)
    implements ModelParams {

  /**
   * @throws io.scenerank.config.InvalidInputException naming the key that is out of range
   */
  public MmoeParams {
    ParamChecks.positive("expert_nums", expertNums);
    ParamChecks.units("expert_dnn_units", expertDnnUnits);
    ParamChecks.units("gate_dnn_units", gateDnnUnits);
    ParamChecks.units("task_tower_dnn_units", taskTowerDnnUnits);
    ParamChecks.dropout("dropout_rate", dropoutRate);
  }

  /** The defaults for these tasks. */
  public static MmoeParams defaults(ImmutableList<String> taskNames) {
    ImmutableList<Integer> units = ImmutableList.of(128, 64);
    return new MmoeParams(taskNames, 4, units, units, units, 0.1f);
  }

  @Override
  public ModelInputs inputs() {
    return ModelInputs.groups(Mmoe.GROUP);
  }
}
