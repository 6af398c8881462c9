package io.scenerank.layer.pooling;

import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.BuildScope;
import io.scenerank.layer.base.DataFormat;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Sizes;
import java.util.List;
import java.util.Locale;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Squeeze;
import org.tensorflow.types.family.TFloating;

/**
 * Keras' {@code AveragePooling1D} and {@code MaxPooling1D}: the mean or the maximum of windows of
 * steps; padded steps do not count. [B, L, D] → [B, number of windows, D].
 */
final class Pooling1D extends Layer {
  static final ImmutableList<LayerType> TYPES =
      ImmutableList.of(
          type("AveragePooling1D", true).argument("pool_size").alias("AvgPool1D"),
          type("MaxPooling1D", false).argument("pool_size", 2).alias("MaxPool1D"));

  private final boolean average;
  private final int size;
  private final int stride;
  private final String padding;
  private final DataFormat format;

  private Pooling1D(LayerConfig config, boolean average) {
    super(config);
    this.average = average;
    this.size = config.single("pool_size", 1);
    this.stride = config.has("strides") ? config.single("strides", 1) : size;
    this.padding =
        config.text("padding", ImmutableList.of("valid", "same")).toUpperCase(Locale.ROOT);
    this.format = DataFormat.of(config);
  }

  private static LayerType type(String kerasClass, boolean average) {
    return LayerType.of(kerasClass, config -> new Pooling1D(config, average))
        .argument("strides", null)
        .argument("padding", "valid")
        .argument("data_format", null);
  }

  @Override
  public Call build(BuildScope scope, Arguments<MaskedTensor> inputs) {
    Sizes.requireRank(inputs.only(), 3);
    return unary(
        (context, x) -> {
          Ops tf = context.tf();
          Operand<TFloating> image =
              tf.expandDims(format.channelsLast(tf, x), tf.constant(1)); // [B, 1, L, D]
          Operand<TFloating> pooled =
              average
                  ? tf.nn.avgPool(image, window(size), window(stride), padding)
                  : tf.nn.maxPool(
                      image,
                      tf.constant(new int[] {1, 1, size, 1}),
                      tf.constant(new int[] {1, 1, stride, 1}),
                      padding);
          return format.fromChannelsLast(tf, tf.squeeze(pooled, Squeeze.axis(List.of(1L))));
        });
  }

  private static List<Long> window(int steps) {
    return List.of(1L, 1L, (long) steps, 1L);
  }
}
