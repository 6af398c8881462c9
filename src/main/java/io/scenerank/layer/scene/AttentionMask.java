package io.scenerank.layer.scene;

import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.BuildScope;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Structure;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;

/**
 * Which step may attend to which: true where both ids are not 0.
 *
 * <p>Input ids [B, L], output booleans [B, L, L]. Source: the mask that Keras makes of an embedding
 * with {@code mask_zero}, query and key together.
 */
final class AttentionMask extends Layer {
  static final LayerType TYPE =
      LayerType.of("AttentionMask", AttentionMask::new).module("scenerank_keras.attention");

  private AttentionMask(LayerConfig config) {
    super(config);
  }

  @Override
  public Repeats repeats() {
    return Repeats.OF_THE_CLASS;
  }

  @Override
  public Call build(BuildScope scope, Arguments<MaskedTensor> inputs) {
    return (context, arguments) -> {
      Ops tf = context.tf();
      Operand<TBool> real = tf.math.notEqual(arguments.only().ids(tf), tf.constant(0)); // [B, L]
      return Structure.leaf(
          MaskedTensor.of(
              tf.math.logicalAnd(
                  tf.expandDims(real, tf.constant(2)), tf.expandDims(real, tf.constant(1)))));
    };
  }
}
