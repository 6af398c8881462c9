package io.scenerank.layer.attention;

import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.BuildScope;
import io.scenerank.layer.base.Layer.Variable;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import io.scenerank.variable.Initializer;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TFloating;

/**
 * Keras' {@code Attention}: scores are products of query and key, or sums of tanh(query + key).
 *
 * <p>Shapes as in {@link ScoredAttention}. Variables {@code scale} and {@code concat_score_weight},
 * scalars, where requested. Source: Keras' layer of this name; Effective Approaches to
 * Attention-based Neural Machine Translation (Luong et al., 2015), section 3.1.
 */
final class Attention extends ScoredAttention {
  static final LayerType TYPE =
      LayerType.of("Attention", Attention::new)
          .argument("use_scale", false)
          .argument("score_mode", "dot")
          .argument("dropout", 0.0)
          .argument("seed", null)
          .argument("causal", false);

  private final boolean useScale;
  private final boolean sums;

  private Attention(LayerConfig config) {
    super(config);
    this.useScale = config.flag("use_scale");
    this.sums = config.text("score_mode", ImmutableList.of("dot", "concat")).equals("concat");
  }

  @Override
  Scores scores(BuildScope scope, int dim) {
    Optional<Variable> scale = useScale ? Optional.of(scalar(scope, "scale")) : Optional.empty();
    if (!sums) {
      return (tf, query, key) ->
          scaled(
              tf, tf.linalg.einsum(List.of(query, key), "...td,...sd->...ts"), scale); // [B, T, S]
    }
    Variable weight = scalar(scope, "concat_score_weight");
    return (tf, query, key) ->
        tf.math.mul(
            weight.read(tf),
            tf.reduceSum(tf.math.tanh(scaled(tf, pairs(tf, query, key), scale)), tf.constant(-1)));
  }

  private static Variable scalar(BuildScope scope, String name) {
    return scope.add(name, Shape.scalar(), Initializer.constant(1f), Optional.empty());
  }

  private static Operand<TFloating> scaled(Ops tf, Operand<TFloating> x, Optional<Variable> scale) {
    return scale.isPresent() ? tf.math.mul(x, scale.get().read(tf)) : x;
  }

  /** The sum of each query and each key, [B, T, S, dim]. */
  static Operand<TFloating> pairs(Ops tf, Operand<TFloating> query, Operand<TFloating> key) {
    return tf.math.add(tf.expandDims(query, tf.constant(-2)), tf.expandDims(key, tf.constant(-3)));
  }
}
