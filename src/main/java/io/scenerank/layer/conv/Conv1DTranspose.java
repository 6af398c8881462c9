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
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Squeeze;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TFloating;

/**
 * Keras' {@code Conv1DTranspose}: what a convolution of the output would have as its gradient. It
 * drops the mask.
 *
 * <p>Input [B, L, C], output [B, length, filters]. Variables {@code kernel} [size, filters, C] and
 * {@code bias} [filters].
 */
final class Conv1DTranspose extends Layer {
  static final LayerType TYPE =
      ConvolutionEnd.arguments(
              Sliding.arguments(
                  LayerType.of("Conv1DTranspose", Conv1DTranspose::new)
                      .alias("Convolution1DTranspose")
                      .argument("filters")
                      .argument("output_padding", null)))
          .variable("kernel", "glorot_uniform");

  private final Sliding sliding;
  private final int filters;
  private final ConvolutionEnd end;

  private Conv1DTranspose(LayerConfig config) {
    super(config);
    this.sliding = Sliding.of(config, ImmutableList.of("valid", "same"));
    this.filters = config.integer("filters", 1);
    if (sliding.dilation() > 1) {
      throw config.wrong("dilation_rate", "1: another one is not computed");
    }
    if (config.has("output_padding") && config.single("output_padding", 0) >= sliding.stride()) {
      throw config.wrong("output_padding", "less than strides, " + sliding.stride());
    }
    this.end = ConvolutionEnd.of(config);
  }

  @Override
  public Call build(BuildScope scope, Arguments<MaskedTensor> inputs) {
    MaskedTensor first = inputs.only();
    Sizes.requireRank(first, 3);
    DataFormat format = end.format();
    Variable kernel =
        scope.add(
            "kernel",
            Shape.of(sliding.size(), filters, first.size(format.channels(3))),
            config(),
            "kernel");
    UnaryCall finish = end.build(scope, config(), filters);
    return unary(
        (context, x) -> {
          Ops tf = context.tf();
          Operand<TFloating> steps = format.channelsLast(tf, x);
          long stride = sliding.stride();
          Operand<TFloating> image =
              tf.nn.conv2dBackpropInput(
                  tf.stack(
                      List.of(
                          Sizes.of(tf, steps, 0),
                          tf.constant(1),
                          length(tf, steps),
                          tf.constant(filters))),
                  tf.expandDims(kernel.read(tf), tf.constant(0)),
                  tf.expandDims(steps, tf.constant(1)),
                  List.of(1L, stride, stride, 1L),
                  sliding.padding().name());
          return finish.call(context, tf.squeeze(image, Squeeze.axis(List.of(1L))));
        });
  }

  /** Steps of the output: {@code strides · L + addend}. */
  private Operand<TInt32> length(Ops tf, Operand<TFloating> x) {
    boolean given = config().has("output_padding");
    int extra = given ? config().single("output_padding", 0) : 0;
    int stride = sliding.stride();
    int size = sliding.size();
    int addend =
        sliding.padding() == Sliding.Padding.VALID
            ? (given ? size + extra : Math.max(size, stride)) - stride
            : given ? size % 2 + extra - stride : 0;
    return tf.math.add(tf.math.mul(Sizes.of(tf, x, 1), tf.constant(stride)), tf.constant(addend));
  }
}
