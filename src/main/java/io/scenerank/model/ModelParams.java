package io.scenerank.model;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.scenerank.feature.FeatureColumn;

/**
 * The typed parameters of a model; a record whose components are the keys of {@code model_params}.
 */
public interface ModelParams {
  /** The group of the linear logits. */
  String LINEAR = "linear";

  /** The tasks, in the order of the outputs. */
  ImmutableList<String> taskNames();

  /** Whether the linear logits of the group {@code linear} join every task's logit. */
  boolean linearLogits();

  /** The groups whose embeddings the model reads. */
  @JsonIgnore
  ImmutableSet<String> groups();

  /**
   * Whether the column is an input of the model: a network reads one of its groups. A sequence
   * whose combiner lacks {@code mean} joins no group.
   */
  default boolean reads(FeatureColumn column) {
    return column.joinsGroups()
        && column.group().stream()
            .anyMatch(
                group -> groups().contains(group) || (linearLogits() && group.equals(LINEAR)));
  }
}
