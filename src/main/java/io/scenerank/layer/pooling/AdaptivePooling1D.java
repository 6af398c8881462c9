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
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Squeeze;
import org.tensorflow.types.family.TFloating;

/**
 * Keras' {@code AdaptiveAveragePooling1D} and {@code AdaptiveMaxPooling1D}: the mean or the maximum
 * of {@code output_size} windows that cover all L steps; window i is from {@code floor(i · L /
 * output_size)} to before {@code ceil((i + 1) · L / output_size)}.
 *
 * <p>[B, L, D] → [B, output_size, D]. Every step counts; the output has no mask.
 */
final class AdaptivePooling1D extends Layer {
  static final ImmutableList<LayerType> TYPES =
      ImmutableList.of(type("AdaptiveAveragePooling1D", true), type("AdaptiveMaxPooling1D", false));

  private static final ImmutableList<Long> ONE_STEP = ImmutableList.of(1L, 1L, 1L, 1L);

  private final boolean average;
  private final int size;
  private final DataFormat format;

  private AdaptivePooling1D(LayerConfig config, boolean average) {
    super(config);
    this.average = average;
    this.size = config.single("output_size", 1);
    this.format = DataFormat.of(config);
  }

  private static LayerType type(String kerasClass, boolean average) {
    return LayerType.of(kerasClass, config -> new AdaptivePooling1D(config, average))
        .argument("output_size")
        .argument("data_format", null);
  }

  @Override
  public Call build(BuildScope scope, Arguments<MaskedTensor> inputs) {
    Sizes.requireRank(inputs.only(), 3);
    int steps = inputs.only().size(format.steps());
    int small = (steps + size - 1) / size; // windows have this width, or one step more
    boolean hasWide = small < steps;
    int[] places = places(steps, small);
    return unary(
        (context, x) -> {
          Ops tf = context.tf();
          Operand<TFloating> image =
              tf.expandDims(format.channelsLast(tf, x), tf.constant(1)); // [B, 1, L, D]
          Operand<TFloating> all = pooled(tf, image, small);
          if (hasWide) {
            all = tf.concat(List.of(all, pooled(tf, image, small + 1)), tf.constant(1));
          }
          return format.fromChannelsLast(
              tf, tf.gather(all, tf.constant(places), tf.constant(1))); // [B, size, D]
        });
  }

  /** Where each output is among all windows of the one width, then of the other. */
  private int[] places(int steps, int small) {
    int[] places = new int[size];
    for (int i = 0; i < size; i++) {
      // Keras computes the limits in float32.
      int start = (int) Math.floor((float) i * (float) steps / (float) size);
      int end = (int) Math.ceil((float) (i + 1) * (float) steps / (float) size);
      start = Math.min(start, steps - 1);
      end = Math.min(end, steps);
      places[i] = end - start > small ? start + steps - small + 1 : start;
    }
    return places;
  }

  /** All windows of a width, [B, L - width + 1, D]. */
  private Operand<TFloating> pooled(Ops tf, Operand<TFloating> image, int width) {
    Operand<TFloating> windows =
        average
            ? tf.nn.avgPool(image, List.of(1L, 1L, (long) width, 1L), ONE_STEP, "VALID")
            : tf.nn.maxPool(
                image,
                tf.constant(new int[] {1, 1, width, 1}),
                tf.constant(new int[] {1, 1, 1, 1}),
                "VALID");
    return tf.squeeze(windows, Squeeze.axis(List.of(1L)));
  }
}
