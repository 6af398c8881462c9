package io.scenerank.layer.attention;

import io.scenerank.layer.base.BuildScope;
import io.scenerank.layer.base.Layer.Variable;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import io.scenerank.variable.Initializer;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.family.TFloating;

/**
 * Keras' {@code AdditiveAttention}: scores are weighted sums of tanh(query + key).
 *
 * <p>Shapes as in {@link ScoredAttention}. Variable {@code scale} [dim], unless {@code use_scale}
 * is false. Source: Keras' layer of this name; Neural Machine Translation by Jointly Learning to
 * Align and Translate (Bahdanau et al., 2015), section 3.1.
 */
final class AdditiveAttention extends ScoredAttention {
  static final LayerType TYPE =
      LayerType.of("AdditiveAttention", AdditiveAttention::new)
          .argument("use_scale", true)
          .argument("dropout", 0.0)
          .argument("seed", null)
          .argument("causal", false);

  private final boolean useScale;

  private AdditiveAttention(LayerConfig config) {
    super(config);
    this.useScale = config.flag("use_scale");
  }

  @Override
  Scores scores(BuildScope scope, int dim) {
    Optional<Variable> scale =
        useScale
            ? Optional.of(
                scope.add("scale", Shape.of(dim), Initializer.GLOROT_UNIFORM, Optional.empty()))
            : Optional.empty();
    return (tf, query, key) -> {
      Operand<TFloating> x = tf.math.tanh(Attention.pairs(tf, query, key)); // [B, T, S, dim]
      Operand<TFloating> weighted = scale.isPresent() ? tf.math.mul(scale.get().read(tf), x) : x;
      return tf.reduceSum(weighted, tf.constant(-1));
    };
  }
}
