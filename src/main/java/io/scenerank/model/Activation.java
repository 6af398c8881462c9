package io.scenerank.model;

import com.fasterxml.jackson.annotation.JsonAlias;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/** The activations of the library's models, under Keras' names. */
public enum Activation {
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
  @JsonProperty("elu")
  ELU,
  @JsonProperty("selu")
  SELU,
  /** The exact form. */
  @JsonProperty("gelu")
  GELU,
  @JsonProperty("silu")
  @JsonAlias("swish")
  SILU,
  @JsonProperty("mish")
  MISH,
  @JsonProperty("relu6")
  RELU6,
  @JsonProperty("softplus")
  SOFTPLUS,
  @JsonProperty("softsign")
  SOFTSIGN,
  @JsonProperty("exponential")
  EXPONENTIAL,
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
