package io.scenerank.layer.scene;

import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.BuildScope;
import io.scenerank.layer.base.Casts;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Structure;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TFloating;

/**
 * Mean of a sequence's embeddings over the ids that are not padding: sum / (count + 1e-8), so that
 * a sequence of padding alone gives 0.
 *
 * <p>Inputs ids [B, L] and embeddings [B, L, D], output [B, D]. Without {@code mask_zero} every id
 * counts.
 *
 * <p>Source: Deep Neural Networks for YouTube Recommendations (Covington et al., 2016), section
 * 3.2.
 */
final class MaskedMean extends Layer {
  static final LayerType TYPE =
      LayerType.of("MaskedMean", MaskedMean::new)
          .module("scenerank_keras.layers")
          .argument("mask_zero", true);

  private static final double EPSILON = 1e-8;

  private MaskedMean(LayerConfig config) {
    super(config);
  }

  @Override
  public Repeats repeats() {
    return Repeats.OF_THE_CLASS;
  }

  @Override
  public Call build(BuildScope scope, Arguments<MaskedTensor> inputs) {
    boolean maskZero = config().flag("mask_zero");
    return (context, arguments) -> {
      Ops tf = context.tf();
      Operand<TInt32> ids = arguments.tensors().get(0).ids(tf);
      Operand<TFloating> emb = arguments.tensors().get(1).floats();
      if (!maskZero) {
        Operand<TFloating> count = context.number(emb, emb.shape().get(1) + EPSILON);
        return Structure.leaf(
            MaskedTensor.of(tf.math.div(tf.reduceSum(emb, tf.constant(1)), count)));
      }
      Operand<TFloating> mask =
          tf.expandDims(
              Casts.toFloating(tf, tf.math.notEqual(ids, tf.constant(0)), emb.type()),
              tf.constant(-1)); // [B, L, 1]
      Operand<TFloating> sum = tf.reduceSum(tf.math.mul(emb, mask), tf.constant(1)); // [B, D]
      Operand<TFloating> count = tf.reduceSum(mask, tf.constant(1)); // [B, 1]
      return Structure.leaf(
          MaskedTensor.of(tf.math.div(sum, tf.math.add(count, context.number(emb, EPSILON)))));
    };
  }
}
