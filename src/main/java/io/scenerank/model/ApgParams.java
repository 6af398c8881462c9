package io.scenerank.model;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.google.common.collect.ImmutableList;
import io.scenerank.config.InvalidInputException;
import io.scenerank.model.ModelParams.Activation;
import io.scenerank.model.ModelParams.ModelInputs;
import java.util.Locale;

/**
 * Parameters of {@link Apg}, under the names of the Python model.
 *
 * @param taskNames one output each
 * @param sceneGroupName group whose first column is the condition of the strategy {@code group},
 *     default domain
 * @param apgStrategy what weights are generated from, default group
 * @param apgCondition columns that are the condition of the strategy {@code mix}, default none
 * @param apgDnnUnits widths of the layers, default [256, 128]
 * @param activation activation of every layer, default relu
 * @param dropout dropout after every layer, in [0, 1), default 0.2
 * @param useUvShared whether the outer matrices of a layer are shared by all rows, default true
 * @param useMfP whether the shared matrices are products of two, default true
 * @param mfK divisor that gives the width k of the generated matrix, default 4
 * @param mfP divisor that gives the width p between two shared matrices, default 4
 * @param generateActivation activation of the networks that generate weights; they have one layer
 *     and never apply it; default none
 * @param innerActivation activation after every product but a layer's last, default none
 * @param l2Reg factor of sum(weight²) of the shared weights in the loss, with {@code l2_on_apg},
 *     default 1e-5
 * @param l2OnApg whether the shared weights are regularised; the Python code never does; default
 *     false
 * @param linearLogits whether the linear logits join every task, default false
 */
public record ApgParams(
    ImmutableList<String> taskNames,
    String sceneGroupName,
    Strategy apgStrategy,
    ImmutableList<String> apgCondition,
    ImmutableList<Integer> apgDnnUnits,
    Activation activation,
    float dropout,
    boolean useUvShared,
    boolean useMfP,
    int mfK,
    int mfP,
    Activation generateActivation,
    Activation innerActivation,
    float l2Reg,
    @JsonProperty("l2_on_apg") boolean l2OnApg,
    boolean linearLogits)
    implements ModelParams {

  /** What weights are generated from. Source: APG (Yan et al., 2022), "Condition design". */
  public enum Strategy {
    /** Group-wise: the first embedding of the scene group. */
    @JsonProperty("group")
    GROUP,
    /** Mix-wise: the embeddings of the columns in {@code apg_condition}. */
    @JsonProperty("mix")
    MIX,
    /** Self-wise: each layer's own input. */
    @JsonProperty("self")
    SELF
  }

  /**
   * @throws InvalidInputException naming the key that is out of range or does not fit another
   */
  public ApgParams {
    ParamChecks.units("apg_dnn_units", apgDnnUnits);
    ParamChecks.dropout("dropout", dropout);
    ParamChecks.positive("mf_k", mfK);
    ParamChecks.positive("mf_p", mfP);
    ParamChecks.l2Reg(l2Reg);
    if (apgStrategy == Strategy.MIX && apgCondition.isEmpty()) {
      throw new InvalidInputException(
          "apg_condition is [], expected the columns from which apg_strategy mix generates"
              + " weights");
    }
    if (apgStrategy != Strategy.MIX && !apgCondition.isEmpty()) {
      throw new InvalidInputException(
          "apg_condition is " + apgCondition + ", but only apg_strategy mix reads it");
    }
    boolean twoWidths = useUvShared && useMfP && mfK != mfP;
    if (innerActivation == Activation.PRELU && twoWidths) {
      throw new InvalidInputException(
          String.format(
              Locale.ROOT,
              "inner_activation is prelu, whose slopes apply to all inner products, but mf_k is %d"
                  + " and mf_p is %d; expected them to agree",
              mfK,
              mfP));
    }
  }

  /** The defaults for these tasks. */
  public static ApgParams defaults(ImmutableList<String> taskNames) {
    return new ApgParams(
        taskNames,
        "domain",
        Strategy.GROUP,
        ImmutableList.of(),
        ImmutableList.of(256, 128),
        Activation.RELU,
        0.2f,
        true,
        true,
        4,
        4,
        Activation.LINEAR,
        Activation.LINEAR,
        1e-5f,
        false,
        false);
  }

  @Override
  public ModelInputs inputs() {
    ModelInputs inputs = ModelInputs.groups(Apg.DNN).linearLogits(linearLogits);
    return switch (apgStrategy) {
      case GROUP -> inputs.condition("scene_group_name", sceneGroupName);
      case MIX -> inputs.columns("apg_condition", apgCondition);
      case SELF -> inputs;
    };
  }
}
