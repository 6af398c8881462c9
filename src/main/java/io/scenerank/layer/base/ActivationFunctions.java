package io.scenerank.layer.base;

import com.google.common.collect.ImmutableMap;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TFloating;

/** The functions of {@code keras.activations} by their names. */
public final class ActivationFunctions {
  private static final ImmutableMap<String, Function> KERAS_3 =
      ImmutableMap.<String, Function>builder()
          .put("linear", (tf, x) -> x)
          .put("relu", (tf, x) -> tf.nn.relu(x))
          .put("sigmoid", (tf, x) -> tf.math.sigmoid(x))
          .put("tanh", (tf, x) -> tf.math.tanh(x))
          .put("softmax", ActivationFunctions::softmax)
          .buildOrThrow();

  private ActivationFunctions() {}

  /** A function of a tensor, of the same shape and type. */
  @FunctionalInterface
  public interface Function {
    Operand<TFloating> call(Ops tf, Operand<TFloating> x);
  }

  /** The functions as a generation of Keras has them. */
  public static ImmutableMap<String, Function> ofGeneration(int generation) {
    return KERAS_3;
  }

  /** Softmax over the last axis. */
  public static Operand<TFloating> softmax(Ops tf, Operand<TFloating> x) {
    return tf.nn.softmax(x);
  }
}
