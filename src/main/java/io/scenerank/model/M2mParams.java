package io.scenerank.model;

import com.fasterxml.jackson.annotation.JsonAlias;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.google.common.collect.ImmutableList;
import io.scenerank.model.ModelParams.Activation;
import io.scenerank.model.ModelParams.ModelInputs;
import java.util.Locale;

/**
 * Parameters of {@link M2m}, under the names of the Python model.
 *
 * @param taskNames one task view, attention, tower and output each
 * @param domainGroupName group whose first column is the scenario, default domain
 * @param numExperts number of experts, default 4
 * @param viewDim width of expert and task views, default 32
 * @param scenarioDim width of the scenario view, default 16
 * @param metaUnitDepth layers of a meta unit, default 3
 * @param metaTowerDepth meta units of a tower, default 3
 * @param metaUnitShared whether all attentions share one unit, and all tower steps another, default
 *     true
 * @param activation activation of units and towers, default leaky_relu
 * @param dropout dropout of units and towers, in [0, 1), default 0.2
 * @param l2Reg factor of sum(kernel²) of the units' generating layers in the loss, default 1e-5
 * @param positonAggFunc how positions join a sequence, default concat; {@code position_agg_func} is
 *     accepted too
 * @param posEmbTrainable whether training changes the positions, default true
 * @param posInitializer first values of the positions, default glorot_uniform
 * @param sequencePooling what becomes of the attended steps, default mean
 * @param linearLogits whether the linear logits join every task, default true
 * @param attentionSoftmax whether the experts' scores go through a softmax, as in the paper's
 *     formula but not in its code, default false
 * @param towerResidual whether a tower step adds its input, as in the paper's formula but not in
 *     its code, default false
 * @param attentionMasking the Keras generation whose masks attention has, default keras2
 */
public record M2mParams(
    ImmutableList<String> taskNames,
    String domainGroupName,
    int numExperts,
    int viewDim,
    int scenarioDim,
    int metaUnitDepth,
    int metaTowerDepth,
    boolean metaUnitShared,
    Activation activation,
    float dropout,
    float l2Reg,
    @JsonAlias("position_agg_func") PositionAggregation positonAggFunc,
    boolean posEmbTrainable,
    PositionInitializer posInitializer,
    SequencePooling sequencePooling,
    boolean linearLogits,
    boolean attentionSoftmax,
    boolean towerResidual,
    AttentionMasking attentionMasking)
    implements ModelParams {

  /** How positions join a sequence [B, L, D]. */
  public enum PositionAggregation {
    /** In addition: [B, L, 2 D]. */
    @JsonProperty("concat")
    CONCAT,
    /** Added: [B, L, D]. */
    @JsonProperty("sum")
    SUM
  }

  /** What becomes of the attended steps. */
  public enum SequencePooling {
    /** Their mean, the padded ones too. */
    @JsonProperty("mean")
    MEAN
  }

  /**
   * @throws io.scenerank.config.InvalidInputException naming the key that is out of range
   */
  public M2mParams {
    for (String task : taskNames) {
      // dnn/<task>_mlp would be the scenario's or an expert's.
      ParamChecks.require(
          !task.equals("scenario") && !task.matches("expert_\\d+"),
          "task_names",
          taskNames,
          "no task named as a layer of the model, as '" + task + "' is");
    }
    ParamChecks.positive("num_experts", numExperts);
    ParamChecks.positive("view_dim", viewDim);
    ParamChecks.positive("scenario_dim", scenarioDim);
    ParamChecks.positive("meta_unit_depth", metaUnitDepth);
    ParamChecks.positive("meta_tower_depth", metaTowerDepth);
    ParamChecks.dropout("dropout", dropout);
    ParamChecks.l2Reg(l2Reg);
  }

  /** The defaults for these tasks. */
  public static M2mParams defaults(ImmutableList<String> taskNames) {
    return new M2mParams(
        taskNames,
        "domain",
        4,
        32,
        16,
        3,
        3,
        true,
        Activation.LEAKY_RELU,
        0.2f,
        1e-5f,
        PositionAggregation.CONCAT,
        true,
        PositionInitializer.GLOROT_UNIFORM,
        SequencePooling.MEAN,
        true,
        false,
        false,
        AttentionMasking.KERAS2);
  }

  @Override
  public ModelInputs inputs() {
    return ModelInputs.groups(M2m.DNN)
        .optionalGroup(M2m.USER)
        .leading("domain_group_name", domainGroupName)
        .withSequences()
        .linearLogits(linearLogits);
  }

  /** What attention does where the query or the key is padding, by the generation of Keras. */
  public enum AttentionMasking {
    /**
     * Adds -1e9 to the score. A padded query attends to all positions alike, and gradient flows
     * through its scores. The default, since the models were born in Keras 2.
     */
    @JsonProperty("keras2")
    KERAS2(2),
    /**
     * Puts -1e9 in the score's place, and 0 in the weight's: a padded query attends to nothing. A
     * layer without dropout takes a fused path, which leaves the weights: it attends to all alike.
     */
    @JsonProperty("keras3")
    KERAS3(3);

    private final int generation;

    AttentionMasking(int generation) {
      this.generation = generation;
    }

    /** The generation of Keras, 2 or 3. */
    public int generation() {
      return generation;
    }

    /** How a generation masks. */
    public static AttentionMasking of(int generation) {
      return generation == 2 ? KERAS2 : KERAS3;
    }
  }

  /** First values of the positions of a sequence. */
  public enum PositionInitializer {
    @JsonProperty("glorot_uniform")
    GLOROT_UNIFORM,
    /** Sines at even places, cosines at odd ones, of position / 10000^(2·⌊i/2⌋/dims). */
    @JsonProperty("sinusoidal")
    SINUSOIDAL;

    /** The name in Keras. */
    public String kerasName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
