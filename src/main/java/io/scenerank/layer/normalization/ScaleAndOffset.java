package io.scenerank.layer.normalization;

import io.scenerank.layer.base.BuildScope;
import io.scenerank.layer.base.Layer.Variable;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TFloating;

/**
 * The variables {@code gamma} and {@code beta} of a layer that normalizes.
 *
 * @param gamma absent without {@code scale}
 * @param beta absent without {@code center}
 */
record ScaleAndOffset(Optional<Variable> gamma, Optional<Variable> beta) {

  /** Adds their arguments to a type. */
  static LayerType arguments(LayerType type) {
    return type.argument("center", true)
        .argument("scale", true)
        .variable("beta", "zeros")
        .variable("gamma", "ones");
  }

  /** Creates those that the layer has. */
  static ScaleAndOffset create(BuildScope scope, LayerConfig config, Shape shape) {
    Optional<Variable> gamma = scope.addIf(config.flag("scale"), "gamma", shape, config);
    Optional<Variable> beta = scope.addIf(config.flag("center"), "beta", shape, config);
    return new ScaleAndOffset(gamma, beta);
  }

  /**
   * Normalizes values and applies them.
   *
   * @param shape that fits x
   */
  Operand<TFloating> normalize(
      Ops tf, Operand<TFloating> x, Moments moments, double epsilon, long[] shape) {
    return moments.normalize(
        tf,
        x,
        epsilon,
        gamma.map(variable -> Moments.shaped(tf, variable, x, shape)),
        beta.map(variable -> Moments.shaped(tf, variable, x, shape)));
  }
}
