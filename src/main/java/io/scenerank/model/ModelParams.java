package io.scenerank.model;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;

/**
 * The typed parameters of a model; a record whose components are the keys of {@code model_params}.
 */
public interface ModelParams {
  /** The tasks, in the order of the outputs. */
  ImmutableList<String> taskNames();

  /** Whether the linear logits of the group {@code linear} join every task's logit. */
  boolean linearLogits();

  /** The groups whose embeddings the model reads. */
  @JsonIgnore
  ImmutableSet<String> groups();
}
