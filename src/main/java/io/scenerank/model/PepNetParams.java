package io.scenerank.model;

import com.google.common.collect.ImmutableList;
import io.scenerank.model.ModelParams.Activation;
import io.scenerank.model.ModelParams.ModelInputs;

/**
 * Parameters of {@link PepNet}, under the names of the Python model.
 *
 * @param taskNames one tower and one output each
 * @param pepnetDnnUnits widths of the tower layers, default [128, 64]
 * @param pepnetActivation activation of the tower layers, default relu
 * @param pepnetDropout dropout after each tower layer, in [0, 1), default 0.1
 * @param l2Reg factor of sum(kernel²) of gates and towers in the loss, default 1e-5
 * @param linearLogits whether the linear logits join every task, default false
 */
public record PepNetParams(
    ImmutableList<String> taskNames,
    ImmutableList<Integer> pepnetDnnUnits,
    Activation pepnetActivation,
    float pepnetDropout,
    float l2Reg,
    boolean linearLogits)
    implements ModelParams {

  /**
   * @throws io.scenerank.config.InvalidInputException naming the key that is out of range
   */
  public PepNetParams {
    ParamChecks.units("pepnet_dnn_units", pepnetDnnUnits);
    ParamChecks.dropout("pepnet_dropout", pepnetDropout);
    ParamChecks.l2Reg(l2Reg);
  }

  /** The defaults for these tasks. */
  public static PepNetParams defaults(ImmutableList<String> taskNames) {
    return new PepNetParams(
        taskNames, ImmutableList.of(128, 64), Activation.RELU, 0.1f, 1e-5f, false);
  }

  @Override
  public ModelInputs inputs() {
    return ModelInputs.groups(PepNet.DNN, PepNet.EPNET, PepNet.PEPNET).linearLogits(linearLogits);
  }
}
