package io.scenerank.model;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
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
   * Adds to the graph what the model's gates do, for people to look at; the scores do not depend on
   * these ops.
   *
   * @return none, unless the model has gates
   */
  default ImmutableList<Gate> gates(Ops tf, FeatureInputs inputs) {
    return ImmutableList.of();
  }
}
