package io.scenerank.layer.scene;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.BoundLayer;
import io.scenerank.layer.base.BuildScope;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.Layer.Variable;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.variable.Initializer;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TFloating;

/**
 * Turns a tower's output into a task's logit or score.
 *
 * <p>Input [B, …, in], output [B, …, 1]. Where in is not 1, a Dense of one unit comes first ({@code
 * dense_layer/kernel}, and {@code dense_layer/bias} with {@code use_bias}); where it is 1 there is
 * no variable, or {@code global_bias} [1] with {@code use_bias}. The score of a {@code binary} task
 * is the logit's sigmoid, that of a {@code regression} the logit itself; a {@code count} has
 * exp(logit), the mean of a Poisson distribution, and a {@code log1p_regression} exp(logit) - 1.
 *
 * <p>Source: the layer of this name in the models' Keras code; logistic regression on the last
 * hidden layer, as in Wide &amp; Deep (Cheng et al., 2016), section 3.3.
 */
final class PredictLayer extends Layer {
  private static final String BINARY = "binary";

  /** What makes a score of a logit, by task. */
  private static final ImmutableMap<String, Score> SCORES =
      ImmutableMap.of(
          BINARY,
          (tf, logit) -> tf.math.sigmoid(logit),
          "regression",
          (tf, logit) -> logit,
          "count",
          (tf, logit) -> tf.math.exp(logit),
          "log1p_regression",
          (tf, logit) -> tf.math.expm1(logit));

  /** The end of a task. */
  @FunctionalInterface
  private interface Score {
    Operand<TFloating> of(Ops tf, Operand<TFloating> logit);
  }

  static final LayerType TYPE =
      LayerType.of("PredictLayer", PredictLayer::new)
          .module("scenerank_keras.layers")
          .argument("as_logit", false)
          .argument("use_bias", false)
          .argument("activation", null)
          .argument("task", BINARY)
          .only("num_classes", 1);

  private PredictLayer(LayerConfig config) {
    super(config);
  }

  @Override
  public Call build(BuildScope scope, Arguments<MaskedTensor> inputs) {
    boolean wide = inputs.only().size(-1) != 1;
    boolean useBias = config().flag("use_bias");
    boolean asLogit = config().flag("as_logit");
    String task = config().text("task", SCORES.keySet().asList());
    Score score = requireNonNull(SCORES.get(task), task);
    Layer dense = new InnerLayers(config()).dense("dense", 1, "linear", useBias, 0);
    Optional<BoundLayer> denseLayer =
        wide ? Optional.of(scope.child("dense_layer", dense)) : Optional.empty();
    Optional<Variable> globalBias =
        !wide && useBias
            ? Optional.of(
                scope.add("global_bias", Shape.of(1), Initializer.ZEROS, Optional.empty()))
            : Optional.empty();
    InnerLayers inner = new InnerLayers(config());
    UnaryCall activation =
        inner.activation(scope, "activation", ImmutableList.of(), inner.name("activation"));
    return unary(
        (context, x) -> {
          Operand<TFloating> logit = x;
          if (denseLayer.isPresent()) {
            logit = denseLayer.get().call(context.tf(), x);
          } else if (globalBias.isPresent()) {
            logit = context.tf().math.add(x, globalBias.get().read(context.tf()));
          }
          // The score takes the place of the activation, which logits alone go through.
          return asLogit ? activation.call(context, logit) : score.of(context.tf(), logit);
        });
  }
}
