package io.scenerank.layer.reshaping;

import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.BuildScope;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Sizes;
import org.tensorflow.op.Ops;

/** Keras' {@code RepeatVector}: a vector n times. [B, D] → [B, n, D]. */
final class RepeatVector extends Layer {
  static final LayerType TYPE = LayerType.of("RepeatVector", RepeatVector::new).argument("n");

  private final int n;

  private RepeatVector(LayerConfig config) {
    super(config);
    this.n = config.integer("n", 1);
  }

  @Override
  public Call build(BuildScope scope, Arguments<MaskedTensor> inputs) {
    Sizes.requireRank(inputs.only(), 2);
    return anyUnary(
        (context, x) -> {
          Ops tf = context.tf();
          return tf.tile(tf.expandDims(x, tf.constant(1)), tf.constant(new int[] {1, n, 1}));
        });
  }
}
