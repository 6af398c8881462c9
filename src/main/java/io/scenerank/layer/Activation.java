package io.scenerank.layer;

import com.fasterxml.jackson.annotation.JsonAlias;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.scenerank.variable.LayerScope;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.nn.LeakyRelu;

/** Activations under Keras' names. */
public enum Activation {
  /** The identity; {@code none} where Keras' code says {@code None}. */
  @JsonProperty("linear")
  @JsonAlias("none")
  LINEAR(without((tf, x) -> x)),
  @JsonProperty("relu")
  RELU(without((tf, x) -> tf.nn.relu(x))),
  /** Slope 0.2 below zero. */
  @JsonProperty("leaky_relu")
  LEAKY_RELU(without((tf, x) -> tf.nn.leakyRelu(x, LeakyRelu.alpha(0.2f)))),
  @JsonProperty("sigmoid")
  SIGMOID(without((tf, x) -> tf.math.sigmoid(x))),
  @JsonProperty("tanh")
  TANH(without((tf, x) -> tf.math.tanh(x))),
  /** {@link Prelu}: a learned slope for each value of a row. */
  @JsonProperty("prelu")
  PRELU(Prelu::new),
  /** {@link Dice}: a slope that depends on the batch. */
  @JsonProperty("dice")
  DICE((scope, row) -> new Dice(scope));

  private final Factory factory;

  @FunctionalInterface
  private interface Factory {
    ActivationFunction create(LayerScope scope, Shape row);
  }

  Activation(Factory factory) {
    this.factory = factory;
  }

  private static Factory without(ActivationFunction function) {
    return (scope, row) -> function;
  }

  /** Whether it learns something; without it, it is the same function of every value. */
  public boolean hasVariables() {
    return this == PRELU || this == DICE;
  }

  /**
   * Creates the activation's variables, if it has any.
   *
   * @param scope where they stand, {@code alpha} below it
   * @param row shape of one row of the input: the input's without the batch
   */
  public ActivationFunction build(LayerScope scope, Shape row) {
    return factory.create(scope, row);
  }
}
