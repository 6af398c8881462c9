package io.scenerank.model;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.google.common.collect.ImmutableList;
import io.scenerank.PublicApi;
import io.scenerank.feature.FeatureColumn;

/**
 * The typed parameters of a model; a record whose components are the keys of {@code model_params},
 * in snake case.
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
@PublicApi
public interface ModelParams {
  /** The tasks, in the order of the outputs. */
  ImmutableList<String> taskNames();

  /** What the model reads of the feature columns. */
  @JsonIgnore
  ModelInputs inputs();

  /**
   * The columns that are read, in the model's order.
   *
   * @param columns the columns that there are
   * @throws io.scenerank.config.InvalidInputException if a group or a column that is needed is not
   *     there
   */
  @JsonIgnore
  default ImmutableList<FeatureColumn> select(ImmutableList<FeatureColumn> columns) {
    return inputs().select(columns);
  }
}
