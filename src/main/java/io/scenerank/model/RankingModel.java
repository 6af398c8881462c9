package io.scenerank.model;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** A model whose variables exist in a graph. */
public interface RankingModel {
  /**
   * Adds the forward pass to the graph.
   *
   * @return the logit [B, 1] of each task, in the order of the tasks
   */
  ImmutableMap<String, Operand<TFloat32>> call(Ops tf, FeatureInputs inputs);

  /**
   * The scores of the tasks: what is served.
   *
   * @param logits what {@link #call} returned
   * @return [B, 1] of each task, in the order of the tasks; probabilities unless the model says
   *     otherwise
   */
  default ImmutableMap<String, Operand<TFloat32>> scores(
      Ops tf, ImmutableMap<String, Operand<TFloat32>> logits) {
    return ImmutableMap.copyOf(Maps.transformValues(logits, tf.math::sigmoid));
  }

  /**
   * Adds to the graph what the model's gates do, for people to look at; the scores do not depend on
   * these ops.
   *
   * @return none, unless the model has gates
   */
  default ImmutableList<Gate> gates(Ops tf, FeatureInputs inputs) {
    return ImmutableList.of();
  }

  /**
   * What a model scales, mixes or generates at one of its places, row by row.
   *
   * @param name its place in the model, as {@code epnet} or {@code experts/is_click}
   * @param about what it does, in a line for people
   * @param kind how its values are to be read
   * @param parts names of its k values: columns, tasks or experts
   * @param values [B, k]
   */
  record Gate(
      String name, String about, Kind kind, ImmutableList<String> parts, Operand<TFloat32> values) {

    /** What a value of a gate means. */
    public enum Kind {
      /** What something is multiplied by; 1 leaves it as it is. */
      @JsonProperty("factor")
      FACTOR,
      /** A share of a mixture; the parts of a row sum to 1. */
      @JsonProperty("share")
      SHARE,
      /** What something is multiplied by before it is added up, of any sign; 0 leaves it out. */
      @JsonProperty("weight")
      WEIGHT,
      /** Root mean square of generated numbers. */
      @JsonProperty("size")
      SIZE
    }
  }
}
