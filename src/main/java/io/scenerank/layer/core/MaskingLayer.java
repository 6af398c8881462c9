package io.scenerank.layer.core;

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
import org.tensorflow.types.TBool;
import org.tensorflow.types.family.TFloating;

/**
 * Keras' {@code Masking}: a step counts unless all of its values are {@code mask_value}; one that
 * does not count is 0. NaN differs from every value, so that a step of NaN counts.
 *
 * <p>Input and output [B, …, D], mask [B, …].
 */
final class MaskingLayer extends Layer {
  static final LayerType TYPE =
      LayerType.of("Masking", MaskingLayer::new).argument("mask_value", 0.0);

  private final double[] maskValue;

  private MaskingLayer(LayerConfig config) {
    super(config);
    this.maskValue = config.numbers("mask_value");
  }

  @Override
  public Masking masking() {
    return Masking.OWN;
  }

  @Override
  public Call build(BuildScope scope, Arguments<MaskedTensor> inputs) {
    return (context, arguments) -> {
      Ops tf = context.tf();
      Operand<TFloating> x = arguments.only().floats();
      Operand<TFloating> value =
          maskValue.length == 1
              ? context.number(x, maskValue[0])
              : Casts.toFloating(tf, tf.constant(maskValue), x.type()); // [D]
      Operand<TBool> mask =
          tf.reduceAny(tf.math.notEqual(x, value), tf.constant(x.shape().numDimensions() - 1));
      Operand<TFloating> kept =
          tf.select(tf.expandDims(mask, tf.constant(-1)), x, context.number(x, 0));
      return Structure.leaf(new MaskedTensor(kept, Optional.of(mask)));
    };
  }
}
