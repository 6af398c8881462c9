package io.scenerank.layer.scene;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.BoundLayer;
import io.scenerank.layer.base.BuildScope;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.Layer.CallContext;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Structure;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Squeeze;
import org.tensorflow.types.family.TFloating;

/**
 * Mixes the experts for a task, by scores that depend on the scenario: {@code Σ score_i ·
 * expert_i}, where the score is a Dense of a {@link MetaUnit} of expert and task. The Python code
 * takes the scores as they are; the paper's formula takes their softmax over the experts.
 *
 * <p>Inputs expert views [B, n, v], task views [B, v] and scenario views [B, s], output [B, v].
 * Variables {@code dense} and the unit's. Source: M2M (Zhang et al., 2022), "Attention meta
 * network".
 */
final class MetaAttention extends Layer {
  static final LayerType TYPE =
      MetaUnits.arguments(
              LayerType.of("MetaAttention", MetaAttention::new)
                  .module("scenerank_keras.meta_layers"))
          .argument("attention_softmax", false);

  private final MetaUnits units;

  private MetaAttention(LayerConfig config) {
    super(config);
    this.units = new MetaUnits(config);
  }

  @Override
  public ImmutableMap<Layer, Integer> sharedLayers() {
    return units.shared(1);
  }

  /** The unit that other layers hold too; absent where the layer has its own. */
  Optional<Layer> sharedUnit() {
    return units.given();
  }

  /** Whether the scores go through a softmax over the experts. */
  boolean hasSoftmax() {
    return config().flag("attention_softmax");
  }

  @Override
  public Call build(BuildScope scope, Arguments<MaskedTensor> inputs) {
    BoundLayer unit =
        units.bind(scope, "meta_unit", ImmutableList.of(), config().integer("num_layer", 1));
    BoundLayer dense = scope.child("dense", new InnerLayers(config()).dense("dense", 1));
    return new Built(scope, unit, dense, hasSoftmax());
  }

  /** The layer with its variables. */
  record Built(BuildScope scope, BoundLayer unit, BoundLayer dense, boolean softmax)
      implements Call {
    @Override
    public Structure<MaskedTensor> call(CallContext context, Arguments<MaskedTensor> inputs) {
      Ops tf = context.tf();
      Operand<TFloating> experts = inputs.tensors().get(0).floats();
      Operand<TFloating> task = inputs.tensors().get(1).floats();
      Operand<TFloating> scenario = inputs.tensors().get(2).floats();
      Operand<TFloating> repeated =
          tf.broadcastTo(tf.expandDims(task, tf.constant(1)), tf.shape(experts)); // [B, n, v]
      Operand<TFloating> pairs =
          tf.concat(List.of(experts, repeated), tf.constant(-1)); // [B, n, 2 v]
      Operand<TFloating> score = dense.call(tf, MetaUnits.call(tf, unit, pairs, scenario));
      Operand<TFloating> weights = softmax ? overExperts(tf, score) : score; // [B, n, 1]
      scope.observe("scores", () -> tf.squeeze(weights, Squeeze.axis(List.of(2L)))); // [B, n]
      return Structure.leaf(
          MaskedTensor.of(tf.reduceSum(tf.math.mul(experts, weights), tf.constant(1))));
    }
  }

  private static Operand<TFloating> overExperts(Ops tf, Operand<TFloating> score) {
    Operand<TFloating> byExpert = tf.squeeze(score, Squeeze.axis(List.of(2L))); // [B, n]
    return tf.expandDims(tf.nn.softmax(byExpert), tf.constant(-1)); // [B, n, 1]
  }
}
