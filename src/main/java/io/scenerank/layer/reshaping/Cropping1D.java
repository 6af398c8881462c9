package io.scenerank.layer.reshaping;

import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.BuildScope;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Sizes;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.StridedSlice;

/** Keras' {@code Cropping1D}: the sequence without its first and last steps. [B, L, D]. */
final class Cropping1D extends Layer {
  static final LayerType TYPE = LayerType.of("Cropping1D", Cropping1D::new).argument("cropping", 1);

  /** Bits of the axes of which everything is taken. */
  private static final long BATCH_AND_LAST = 0b101;

  private static final long TIME = 0b010;

  private final ImmutableList<Integer> cropping;

  private Cropping1D(LayerConfig config) {
    super(config);
    this.cropping = ZeroPadding1D.sides(config, "cropping");
  }

  @Override
  public Call build(BuildScope scope, Arguments<MaskedTensor> inputs) {
    MaskedTensor first = inputs.only();
    Sizes.requireRank(first, 3);
    int start = cropping.get(0);
    int end = cropping.get(1);
    if (Sizes.isKnown(first.value(), 1) && start + end >= first.size(1)) {
      throw new IllegalArgumentException(
          "cropping is " + cropping + ", expected less than the length " + first.size(1));
    }
    return anyUnary(
        (context, x) -> {
          Ops tf = context.tf();
          return tf.stridedSlice(
              x,
              tf.constant(new int[] {0, start, 0}),
              tf.constant(new int[] {0, -end, 0}),
              tf.constant(new int[] {1, 1, 1}),
              StridedSlice.beginMask(BATCH_AND_LAST),
              StridedSlice.endMask(end == 0 ? BATCH_AND_LAST | TIME : BATCH_AND_LAST));
        });
  }
}
