package io.scenerank.model;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.scenerank.feature.InvalidInputException;
import io.scenerank.layer.Activation;

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
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record PepNetParams(
    ImmutableList<String> taskNames,
    ImmutableList<Integer> pepnetDnnUnits,
    Activation pepnetActivation,
    float pepnetDropout,
    float l2Reg,
    boolean linearLogits)
    implements ModelParams {

  /**
   * @throws InvalidInputException naming the key that is out of range
   */
  public PepNetParams {
    if (pepnetDnnUnits.isEmpty() || pepnetDnnUnits.stream().anyMatch(units -> units < 1)) {
      throw new InvalidInputException(
          "pepnet_dnn_units is " + pepnetDnnUnits + ", expected one width or more, each above 0");
    }
    if (!(pepnetDropout >= 0 && pepnetDropout < 1)) {
      throw new InvalidInputException(
          "pepnet_dropout is " + pepnetDropout + ", expected at least 0 and below 1");
    }
    if (!(l2Reg >= 0)) {
      throw new InvalidInputException("l2_reg is " + l2Reg + ", expected 0 or more");
    }
  }

  /** The defaults for these tasks. */
  public static PepNetParams defaults(ImmutableList<String> taskNames) {
    return new PepNetParams(
        taskNames, ImmutableList.of(128, 64), Activation.RELU, 0.1f, 1e-5f, false);
  }

  @Override
  public ImmutableSet<String> groups() {
    return ImmutableSet.of(PepNet.DNN, PepNet.EPNET, PepNet.PEPNET);
  }
}
