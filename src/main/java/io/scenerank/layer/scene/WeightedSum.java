package io.scenerank.layer.scene;

import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.BuildScope;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Structure;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Stack;
import org.tensorflow.types.family.TFloating;

/**
 * A mixture of experts: {@code Σ weight_i · expert_i}.
 *
 * <p>Inputs weights [B, n] and n experts [B, d], output [B, d]. Source: MMoE (Ma et al., 2018),
 * equations 6 and 7.
 */
final class WeightedSum extends Layer {
  static final LayerType TYPE =
      LayerType.of("WeightedSum", WeightedSum::new).module("scenerank_keras.layers");

  private WeightedSum(LayerConfig config) {
    super(config);
  }

  @Override
  public Call build(BuildScope scope, Arguments<MaskedTensor> inputs) {
    return (context, arguments) -> {
      Ops tf = context.tf();
      ImmutableList<MaskedTensor> given = arguments.tensors();
      scope.observe("weights", () -> given.get(0).floats()); // [B, n]
      List<Operand<TFloating>> experts = given.stream().skip(1).map(MaskedTensor::floats).toList();
      Operand<TFloating> stacked = tf.stack(experts, Stack.axis(1L)); // [B, n, d]
      Operand<TFloating> weights = tf.expandDims(given.get(0).floats(), tf.constant(2));
      return Structure.leaf(
          MaskedTensor.of(tf.reduceSum(tf.math.mul(stacked, weights), tf.constant(1))));
    };
  }
}
