package io.scenerank.layer;

import io.scenerank.variable.Initializer;
import io.scenerank.variable.LayerScope;
import io.scenerank.variable.Weight;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Turns a tower's output into a task's logit or probability.
 *
 * <p>Input [B, …, in], output [B, …, 1]. Where in is not 1, a Dense of one unit comes first ({@code
 * dense_layer/kernel}, and {@code dense_layer/bias} with {@code useBias}); where it is 1 there is
 * no variable, or {@code global_bias} [1] with {@code useBias}.
 *
 * <p>Source: the layer of this name in the models' Keras code; logistic regression on the last
 * hidden layer, as in Wide &amp; Deep (Cheng et al., 2016), section 3.3.
 */
public final class PredictLayer extends Layer {
  private final @Nullable Dense denseLayer; // dense_layer, absent where the input is one wide
  private final @Nullable Weight globalBias; // global_bias

  /**
   * @param inputDim width of the input
   * @param useBias whether there is a bias
   */
  public PredictLayer(LayerScope scope, int inputDim, boolean useBias) {
    super(scope);
    this.denseLayer =
        inputDim == 1
            ? null
            : Dense.units(1).useBias(useBias).build(scope.child("dense_layer"), inputDim);
    this.globalBias =
        inputDim == 1 && useBias
            ? scope.add("global_bias", Shape.of(1), Initializer.ZEROS, 0f)
            : null;
  }

  /** The logit [B, …, 1]: the layer's output with {@code as_logit}. */
  public Operand<TFloat32> logit(Ops tf, Operand<TFloat32> x) {
    Operand<TFloat32> out = denseLayer == null ? x : denseLayer.call(tf, x);
    return globalBias == null ? out : tf.math.add(out, globalBias.value());
  }

  /** The probability [B, …, 1]. */
  public Operand<TFloat32> call(Ops tf, Operand<TFloat32> x) {
    return tf.math.sigmoid(logit(tf, x));
  }
}
