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
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TFloating;

/**
 * Keras' {@code DepthwiseConv1D} and {@code SeparableConv1D}: kernels for each channel alone; in
 * the latter their results are then combined at each step. They drop the mask.
 *
 * <p>Input [B, L, C], output [B, places, C · depth_multiplier] or [B, places, filters]. Variables
 * {@code kernel}, called {@code depthwise_kernel} next to {@code pointwise_kernel} [1, C ·
 * depth_multiplier, filters], [size, C, depth_multiplier], and {@code bias}.
 */
final class DepthwiseConv1D extends Layer {
  static final ImmutableList<LayerType> TYPES =
      ImmutableList.of(
          type("DepthwiseConv1D", false),
          type("SeparableConv1D", true)
              .alias("SeparableConvolution1D")
              .argument("filters")
              .variable("pointwise", "glorot_uniform"));

  private final boolean separable;
  private final Sliding sliding;
  private final int multiplier;
  private final ConvolutionEnd end;

  private DepthwiseConv1D(LayerConfig config, boolean separable) {
    super(config);
    this.separable = separable;
    this.sliding =
        Sliding.of(
            config,
            separable && config.generation() == 2
                ? ImmutableList.of("valid", "same", "causal")
                : ImmutableList.of("valid", "same"));
    this.multiplier = config.integer("depth_multiplier", 1);
    this.end = ConvolutionEnd.of(config);
  }

  private static LayerType type(String kerasClass, boolean separable) {
    return ConvolutionEnd.arguments(
            Sliding.arguments(
                LayerType.of(kerasClass, config -> new DepthwiseConv1D(config, separable))
                    .argument("depth_multiplier", 1)))
        .variable("depthwise", "glorot_uniform")
        .ofKeras2(
            config -> {
              // Arguments of the class that Keras 2 derives these from, which they do not read.
              config.remove(
                  List.of(
                      "groups", "kernel_initializer", "kernel_regularizer", "kernel_constraint"));
              return config;
            });
  }

  @Override
  public Call build(BuildScope scope, Arguments<MaskedTensor> inputs) {
    MaskedTensor first = inputs.only();
    Sizes.requireRank(first, 3);
    DataFormat format = end.format();
    sliding.requireLength(first, format.steps());
    int channels = first.size(format.channels(3));
    Variable depthwise =
        scope.add(
            separable || config().generation() == 2 ? "depthwise_kernel" : "kernel",
            Shape.of(sliding.size(), channels, multiplier),
            config(),
            "depthwise");
    Optional<Variable> pointwise =
        separable
            ? Optional.of(
                scope.add(
                    "pointwise_kernel",
                    Shape.of(1, (long) channels * multiplier, config().integer("filters", 1)),
                    config(),
                    "pointwise"))
            : Optional.empty();
    UnaryCall finish =
        end.build(
            scope, config(), separable ? config().integer("filters", 1) : channels * multiplier);
    return unary(
        (context, x) -> {
          Ops tf = context.tf();
          Operand<TFloating> filter = tf.expandDims(depthwise.read(tf), tf.constant(0));
          Operand<TFloating> deep =
              sliding.apply(
                  tf,
                  format.channelsLast(tf, x),
                  (image, strides, padding) ->
                      tf.nn.depthwiseConv2dNative(image, filter, strides, padding));
          return finish.call(
              context, pointwise.isPresent() ? combined(tf, deep, pointwise.get()) : deep);
        });
  }

  /** [B, places, C] · [1, C, filters] → [B, places, filters]. */
  private static Operand<TFloating> combined(Ops tf, Operand<TFloating> x, Variable pointwise) {
    Sliding single = new Sliding(1, 1, 1, Sliding.Padding.VALID);
    Operand<TFloating> filter = tf.expandDims(pointwise.read(tf), tf.constant(0));
    return single.apply(
        tf, x, (image, strides, padding) -> tf.nn.conv2d(image, filter, strides, padding));
  }
}
