package io.scenerank.model;

import com.fasterxml.jackson.annotation.JsonAlias;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.google.common.collect.ImmutableList;
import io.scenerank.PublicApi;
import io.scenerank.feature.FeatureColumn;
import java.util.Locale;

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

  /** The activations of the library's models, under Keras' names. */
  enum Activation {
    /** The identity; {@code none} where Keras' code says {@code None}. */
    @JsonProperty("linear")
    @JsonAlias("none")
    LINEAR,
    @JsonProperty("relu")
    RELU,
    /** Slope 0.2 below zero. */
    @JsonProperty("leaky_relu")
    LEAKY_RELU,
    @JsonProperty("sigmoid")
    SIGMOID,
    @JsonProperty("tanh")
    TANH,
    /** Keras' PReLU: a learned slope for each value of a row. */
    @JsonProperty("prelu")
    PRELU,
    /**
     * A slope that depends on the batch. Source: Deep Interest Network (Zhou et al., 2018), section
     * 5.3.
     */
    @JsonProperty("dice")
    DICE;

    /** The name in Keras. */
    public String kerasName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
