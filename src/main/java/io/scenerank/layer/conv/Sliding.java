package io.scenerank.layer.conv;

import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.Casts;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Sizes;
import java.util.List;
import java.util.Locale;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Squeeze;
import org.tensorflow.op.core.StridedSlice;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TFloating;

/**
 * How a kernel moves along time.
 *
 * @param size steps of the kernel
 * @param stride steps from one place to the next
 * @param dilation distance of the kernel's steps
 * @param padding where zeros are
 */
record Sliding(int size, int stride, int dilation, Padding padding) {
  private static final String VALID_NAME = "VALID";

  /** Where zeros are next to the sequence. */
  enum Padding {
    /** Nowhere. */
    VALID,
    /** On both sides, so that the length stays. */
    SAME,
    /** Before it, so that no step sees a later one. */
    CAUSAL
  }

  /** A kernel without dilation. */
  @FunctionalInterface
  interface Kernel {
    /**
     * Applies it.
     *
     * @param image [B, 1, L, C]
     * @param padding TensorFlow's name
     */
    Operand<TFloating> call(Operand<TFloating> image, List<Long> strides, String padding);
  }

  /** Adds the arguments to a type. */
  static LayerType arguments(LayerType type) {
    return type.argument("kernel_size")
        .argument("strides", 1)
        .argument("padding", "valid")
        .argument("data_format", null)
        .argument("dilation_rate", 1);
  }

  /**
   * The arguments of a layer.
   *
   * @param paddings that it knows
   */
  static Sliding of(LayerConfig config, ImmutableList<String> paddings) {
    return new Sliding(
        config.single("kernel_size", 1),
        config.single("strides", 1),
        config.single("dilation_rate", 1),
        Padding.valueOf(config.text("padding", paddings).toUpperCase(Locale.ROOT)));
  }

  /** Steps from the kernel's first to its last. */
  private int reach() {
    return dilation * (size - 1);
  }

  /**
   * Requires a sequence that is as long as the kernel.
   *
   * @param time axis of the steps
   */
  void requireLength(MaskedTensor x, int time) {
    boolean tooShort =
        padding == Padding.VALID && Sizes.isKnown(x.value(), time) && x.size(time) <= reach();
    if (tooShort) {
      throw new IllegalArgumentException(
          "the input has the shape "
              + x.shape()
              + ", expected at least "
              + (reach() + 1)
              + " steps");
    }
  }

  /**
   * Applies a kernel at all places.
   *
   * @param x [B, L, C]
   * @return [B, number of places, …]
   */
  Operand<TFloating> apply(Ops tf, Operand<TFloating> x, Kernel kernel) {
    if (padding == Padding.CAUSAL) {
      Operand<TFloating> later = padded(tf, x, tf.constant(reach()), tf.constant(0));
      return new Sliding(size, stride, dilation, Padding.VALID).apply(tf, later, kernel);
    }
    return dilation == 1
        ? strided(tf, x, kernel, stride, padding.name())
        : dilated(tf, padding == Padding.SAME ? paddedOnBothSides(tf, x) : x, kernel);
  }

  /** A stride of the height is the same, as depthwise kernels need it; it has one place. */
  private static Operand<TFloating> strided(
      Ops tf, Operand<TFloating> x, Kernel kernel, int stride, String padding) {
    List<Long> strides = List.of(1L, (long) stride, (long) stride, 1L);
    Operand<TFloating> image = tf.expandDims(x, tf.constant(1)); // [B, 1, L, C]
    return tf.squeeze(kernel.call(image, strides, padding), Squeeze.axis(List.of(1L)));
  }

  private static Operand<TFloating> padded(
      Ops tf, Operand<TFloating> x, Operand<TInt32> before, Operand<TInt32> after) {
    Operand<TInt32> zero = tf.constant(0);
    Operand<TInt32> paddings =
        tf.reshape(
            tf.stack(List.of(zero, zero, before, after, zero, zero)),
            tf.constant(new int[] {3, 2}));
    return tf.pad(x, paddings, Casts.number(tf, x, 0));
  }

  /** As many zeros as TensorFlow adds, the odd one at the end. */
  private Operand<TFloating> paddedOnBothSides(Ops tf, Operand<TFloating> x) {
    Operand<TInt32> length = Sizes.of(tf, x, 1);
    Operand<TInt32> step = tf.constant(stride);
    Operand<TInt32> places = tf.math.floorDiv(tf.math.add(length, tf.constant(stride - 1)), step);
    Operand<TInt32> last = tf.math.mul(tf.math.sub(places, tf.constant(1)), step);
    Operand<TInt32> all =
        tf.math.maximum(
            tf.math.sub(tf.math.add(last, tf.constant(reach() + 1)), length), tf.constant(0));
    Operand<TInt32> before = tf.math.floorDiv(all, tf.constant(2));
    return padded(tf, x, before, tf.math.sub(all, before));
  }

  /**
   * TensorFlow's own dilated convolutions have a wrong gradient. Here the steps of one remainder
   * are together, as sequences of their own, in which the kernel has no dilation.
   */
  private Operand<TFloating> dilated(Ops tf, Operand<TFloating> x, Kernel kernel) {
    Operand<TInt32> block = tf.constant(new int[] {dilation});
    Operand<TInt32> missing =
        tf.math.floorMod(tf.math.neg(Sizes.of(tf, x, 1)), tf.constant(dilation));
    Operand<TInt32> atEnd =
        tf.reshape(tf.stack(List.of(tf.constant(0), missing)), tf.constant(new int[] {1, 2}));
    Operand<TFloating> remainders = tf.spaceToBatchNd(x, block, atEnd);
    Operand<TFloating> places =
        tf.batchToSpaceNd(strided(tf, remainders, kernel, 1, VALID_NAME), block, atEnd);
    return stride == 1
        ? places
        : tf.stridedSlice(
            places,
            tf.constant(new int[] {0, 0, 0}),
            tf.constant(new int[] {0, 0, 0}),
            tf.constant(new int[] {1, stride, 1}),
            StridedSlice.beginMask(0b111L),
            StridedSlice.endMask(0b111L));
  }
}
