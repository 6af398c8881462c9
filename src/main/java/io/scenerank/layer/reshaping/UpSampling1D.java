package io.scenerank.layer.reshaping;

import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.BuildScope;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Sizes;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TType;

/** Keras' {@code UpSampling1D}: each step several times. [B, L, D] → [B, size · L, D]. */
final class UpSampling1D extends Layer {
  static final LayerType TYPE = LayerType.of("UpSampling1D", UpSampling1D::new).argument("size", 2);

  private final int size;

  private UpSampling1D(LayerConfig config) {
    super(config);
    this.size = config.integer("size", 1);
  }

  @Override
  public Call build(BuildScope scope, Arguments<MaskedTensor> inputs) {
    Sizes.requireRank(inputs.only(), 3);
    return anyUnary(
        (context, x) -> {
          Ops tf = context.tf();
          Operand<TType> repeated =
              tf.tile(
                  tf.expandDims(x, tf.constant(2)),
                  tf.constant(new int[] {1, 1, size, 1})); // [B, L, size, D]
          Operand<TInt32> steps =
              Sizes.isKnown(x, 1)
                  ? tf.constant(Math.multiplyExact(size, (int) x.shape().get(1)))
                  : tf.math.mul(Sizes.of(tf, x, 1), tf.constant(size));
          return Sizes.reshape(
              tf, repeated, List.of(Sizes.of(tf, x, 0), steps, Sizes.of(tf, x, 2)));
        });
  }
}
