package io.scenerank.layer.reshaping;

import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.BuildScope;
import io.scenerank.layer.base.DataFormat;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Sizes;
import org.tensorflow.op.Ops;

/** Keras' {@code ZeroPadding1D}: zeros before and after a sequence. [B, L, D]. */
final class ZeroPadding1D extends Layer {
  static final LayerType TYPE =
      LayerType.of("ZeroPadding1D", ZeroPadding1D::new)
          .argument("padding", 1)
          .argument("data_format", null);

  private final ImmutableList<Integer> padding;
  private final DataFormat format;

  private ZeroPadding1D(LayerConfig config) {
    super(config);
    this.padding = sides(config, "padding");
    this.format = DataFormat.of(config);
  }

  /** One number for both sides or one for each. */
  static ImmutableList<Integer> sides(LayerConfig config, String key) {
    ImmutableList<Integer> given = config.integers(key);
    if (given.isEmpty() || given.size() > 2 || given.stream().anyMatch(side -> side < 0)) {
      throw config.wrong(key, "one or two integers of at least 0");
    }
    return ImmutableList.of(given.get(0), given.get(given.size() - 1));
  }

  @Override
  public Call build(BuildScope scope, Arguments<MaskedTensor> inputs) {
    Sizes.requireRank(inputs.only(), 3);
    int[][] paddings = new int[3][2];
    paddings[format.steps()] = new int[] {padding.get(0), padding.get(1)};
    return anyUnary(
        (context, x) -> {
          Ops tf = context.tf();
          return tf.pad(x, tf.constant(paddings), tf.dtypes.cast(tf.constant(0), x.type()));
        });
  }
}
