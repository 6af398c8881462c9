package io.scenerank.layer.scene;

import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.BuildScope;
import io.scenerank.layer.base.Casts;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Structure;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.types.TBool;
import org.tensorflow.types.family.TFloating;

/**
 * The original implementation's mean of a sequence over the steps that its mask shows, all of them
 * where it has none: sum / (count + 1e-8). {@link MaskedMean} is that of the reference.
 *
 * <p>Input [B, L, D], output [B, 1, D], or [B, D] without {@code keep_shape}. The original's files
 * do not say which: it keeps the axis wherever a model of it can be built.
 *
 * <p>Source: Deep Neural Networks for YouTube Recommendations (Covington et al., 2016), section
 * 3.2.
 */
final class SequenceMean extends Layer {
  static final LayerType TYPE =
      LayerType.of("SequenceMeanPoolingLayer", SequenceMean::new)
          .argument("keep_shape", true)
          .argument("supports_masking", true);

  private static final double EPSILON = 1e-8;

  private SequenceMean(LayerConfig config) {
    super(config);
  }

  @Override
  public Masking masking() {
    return Masking.OWN;
  }

  @Override
  public Call build(BuildScope scope, Arguments<MaskedTensor> inputs) {
    ReduceSum.Options keeps = ReduceSum.keepDims(config().flag("keep_shape"));
    return (context, arguments) -> {
      Ops tf = context.tf();
      MaskedTensor x = arguments.tensors().get(0);
      Operand<TFloating> emb = x.floats(); // [B, L, D]
      Optional<Operand<TBool>> mask = mask(tf, arguments, 1); // [B, L]
      if (mask.isEmpty()) {
        Operand<TFloating> count = context.number(emb, x.size(1) + EPSILON);
        Operand<TFloating> sum = tf.reduceSum(emb, tf.constant(1), keeps);
        return Structure.leaf(MaskedTensor.of(tf.math.div(sum, count)));
      }
      Operand<TFloating> shown =
          tf.expandDims(Casts.toFloating(tf, mask.get(), emb.type()), tf.constant(2)); // [B, L, 1]
      Operand<TFloating> sum = tf.reduceSum(tf.math.mul(emb, shown), tf.constant(1), keeps);
      Operand<TFloating> count = tf.reduceSum(shown, tf.constant(1), keeps); // [B, (1,) 1]
      return Structure.leaf(
          MaskedTensor.of(tf.math.div(sum, tf.math.add(count, context.number(emb, EPSILON)))));
    };
  }
}
