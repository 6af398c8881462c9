package io.scenerank.layer.conv;

import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.BuildScope;
import io.scenerank.layer.base.DataFormat;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.Layer.Variable;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Sizes;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TFloating;

/**
 * Keras' {@code Conv1D}: a kernel that moves along time. With groups, each group of channels has
 * filters of its own. It drops the mask.
 *
 * <p>Input [B, L, C], output [B, places, filters]. Variables {@code kernel} [size, C / groups,
 * filters] and {@code bias} [filters].
 */
final class Conv1D extends Layer {
  static final LayerType TYPE =
      ConvolutionEnd.arguments(
              Sliding.arguments(
                  LayerType.of("Conv1D", Conv1D::new)
                      .alias("Convolution1D")
                      .argument("filters")
                      .argument("groups", 1)))
          .variable("kernel", "glorot_uniform");

  private final Sliding sliding;
  private final int filters;
  private final int groups;
  private final ConvolutionEnd end;

  private Conv1D(LayerConfig config) {
    super(config);
    this.sliding = Sliding.of(config, ImmutableList.of("valid", "same", "causal"));
    this.filters = config.integer("filters", 1);
    this.groups = config.integer("groups", 1);
    if (filters % groups != 0) {
      throw config.wrong("filters", "a multiple of groups, " + groups);
    }
    if (sliding.stride() > 1 && sliding.dilation() > 1) {
      throw config.wrong("strides", "1 together with a dilation_rate");
    }
    this.end = ConvolutionEnd.of(config);
  }

  @Override
  public Call build(BuildScope scope, Arguments<MaskedTensor> inputs) {
    MaskedTensor first = inputs.only();
    Sizes.requireRank(first, 3);
    DataFormat format = end.format();
    sliding.requireLength(first, format.steps());
    int channels = first.size(format.channels(3));
    if (channels % groups != 0) {
      throw new IllegalArgumentException(
          "the input has " + channels + " channels, expected a multiple of groups, " + groups);
    }
    Variable kernel =
        scope.add(
            "kernel", Shape.of(sliding.size(), channels / groups, filters), config(), "kernel");
    UnaryCall finish = end.build(scope, config(), filters);
    return unary(
        (context, x) -> {
          Ops tf = context.tf();
          Operand<TFloating> filter = tf.expandDims(kernel.read(tf), tf.constant(0));
          return finish.call(
              context,
              sliding.apply(
                  tf,
                  format.channelsLast(tf, x),
                  (image, strides, padding) -> convolution(tf, image, filter, strides, padding)));
        });
  }

  private Operand<TFloating> convolution(
      Ops tf,
      Operand<TFloating> image,
      Operand<TFloating> filter,
      List<Long> strides,
      String padding) {
    if (groups == 1) {
      return tf.nn.conv2d(image, filter, strides, padding);
    }
    List<Operand<TFloating>> images = parts(tf, image);
    List<Operand<TFloating>> filtersOfGroups = parts(tf, filter);
    List<Operand<TFloating>> results = new ArrayList<>();
    for (int i = 0; i < groups; i++) {
      results.add(tf.nn.conv2d(images.get(i), filtersOfGroups.get(i), strides, padding));
    }
    return tf.concat(results, tf.constant(3));
  }

  /** The groups' parts of the last of four axes. */
  private List<Operand<TFloating>> parts(Ops tf, Operand<TFloating> x) {
    return new ArrayList<>(tf.split(tf.constant(3), x, (long) groups).output());
  }
}
