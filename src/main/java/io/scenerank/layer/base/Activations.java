package io.scenerank.layer.base;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableMap;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TFloating;

/** Reads activations: Keras' functions by their names, or layers in their place. */
public final class Activations {
  private Activations() {}

  /** What follows a layer's sum. */
  @FunctionalInterface
  public interface Activation {
    /**
     * Creates the activation's variables, if it has any.
     *
     * @param scope of the layer that has the activation
     */
    Layer.UnaryCall bind(BuildScope scope);
  }

  /** An activation without variables. */
  static Activation of(ActivationFunctions.Function function) {
    return scope -> (context, x) -> function.call(context.tf(), x);
  }

  /**
   * The activation of an argument.
   *
   * @throws io.scenerank.config.InvalidInputException if it is not one of Keras'
   */
  static Activation read(LayerConfig config, String key) {
    JsonNode json = config.get(key);
    if (json.isNull()) {
      return of((tf, x) -> x);
    }
    boolean object = json.isObject() && !json.path("class_name").asText().equals("function");
    if (object && json.path("config").isObject()) {
      Layer layer = config.layer(key);
      return scope -> {
        BoundLayer bound = scope.child(key, layer);
        return (context, x) -> bound.call(context.tf(), x);
      };
    }
    String name = json.isTextual() ? json.textValue() : json.path("config").asText();
    String bare = name.substring(Math.max(name.lastIndexOf('.'), name.lastIndexOf('>')) + 1);
    ImmutableMap<String, ActivationFunctions.Function> known =
        ActivationFunctions.ofGeneration(config.generation());
    ActivationFunctions.Function function = known.get(bare);
    if (function == null) {
      throw config.wrong(key, "one of " + String.join(", ", known.keySet()));
    }
    return of(function);
  }

  /** The functions of {@code keras.activations} by their names, with Keras' default arguments. */
  public static final class ActivationFunctions {
    private static final ImmutableMap<String, Function> KERAS_3 =
        ImmutableMap.<String, Function>builder()
            .put("linear", (tf, x) -> x)
            .put("relu", (tf, x) -> tf.nn.relu(x))
            .put("relu6", (tf, x) -> tf.nn.relu6(x))
            .put("leaky_relu", (tf, x) -> ActivationFormulas.leakyRelu(tf, x, 0.2))
            .put("sigmoid", (tf, x) -> tf.math.sigmoid(x))
            .put("tanh", (tf, x) -> tf.math.tanh(x))
            .put("softmax", ActivationFunctions::softmax)
            .put("log_softmax", (tf, x) -> Softmaxes.logSoftmax(tf, x, -1))
            .put("sparsemax", Softmaxes::sparsemax)
            .put("silu", ActivationFormulas::silu)
            .put("gelu", (tf, x) -> ActivationFormulas.gelu(tf, x, false))
            .put("mish", ActivationFormulas::mish)
            .put("glu", (tf, x) -> ActivationFormulas.glu(tf, x, -1))
            .put("softplus", (tf, x) -> tf.math.softplus(x))
            .put("softsign", (tf, x) -> tf.nn.softsign(x))
            .put("squareplus", (tf, x) -> ActivationFormulas.squareplus(tf, x, 4))
            .put("log_sigmoid", ActivationFormulas::logSigmoid)
            .put("tanh_shrink", ActivationFormulas::tanhShrink)
            .put("exponential", (tf, x) -> tf.math.exp(x))
            .put("elu", (tf, x) -> ActivationFormulas.elu(tf, x, 1))
            .put("selu", (tf, x) -> tf.nn.selu(x))
            .put("celu", (tf, x) -> ActivationFormulas.celu(tf, x, 1))
            .put("hard_sigmoid", ActivationFormulas::hardSigmoid)
            .put("hard_silu", ActivationFormulas::hardSilu)
            .put("hard_tanh", (tf, x) -> ActivationFormulas.clip(tf, x, -1, 1))
            .put("hard_shrink", (tf, x) -> ActivationFormulas.hardShrink(tf, x, 0.5))
            .put("soft_shrink", (tf, x) -> ActivationFormulas.softShrink(tf, x, 0.5))
            .put("sparse_plus", ActivationFormulas::sparsePlus)
            .put("sparse_sigmoid", ActivationFormulas::sparseSigmoid)
            // Other names of the same functions, two of them as TensorFlow's are written.
            .put("swish", ActivationFormulas::silu)
            .put("hard_swish", ActivationFormulas::hardSilu)
            .put("softmax_v2", ActivationFunctions::softmax)
            .buildOrThrow();

    private static final ImmutableMap<String, Function> KERAS_2 =
        ImmutableMap.<String, Function>builder()
            .putAll(KERAS_3)
            .put("hard_sigmoid", ActivationFormulas::hardSigmoidOfKeras2)
            .buildKeepingLast();

    private ActivationFunctions() {}

    /** A function of a tensor, of the same type. */
    @FunctionalInterface
    public interface Function {
      Operand<TFloating> call(Ops tf, Operand<TFloating> x);
    }

    /** The functions as a generation of Keras has them. */
    public static ImmutableMap<String, Function> ofGeneration(int generation) {
      return generation == 2 ? KERAS_2 : KERAS_3;
    }

    /** Softmax over the last axis. */
    public static Operand<TFloating> softmax(Ops tf, Operand<TFloating> x) {
      return tf.nn.softmax(x);
    }
  }
}
