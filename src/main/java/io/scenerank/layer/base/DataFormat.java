package io.scenerank.layer.base;

import com.google.common.collect.ImmutableList;
import java.util.stream.IntStream;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TType;

/** Where Keras' {@code data_format} puts the channels. */
public enum DataFormat {
  /** [B, …, C] */
  CHANNELS_LAST,
  /** [B, C, …] */
  CHANNELS_FIRST;

  /** The argument {@code data_format} of a layer. */
  public static DataFormat of(LayerConfig config) {
    String key = "data_format";
    return config.has(key)
            && config
                .text(key, ImmutableList.of("channels_last", "channels_first"))
                .equals("channels_first")
        ? CHANNELS_FIRST
        : CHANNELS_LAST;
  }

  /** Axis of the channels of a tensor. */
  public int channels(int rank) {
    return this == CHANNELS_LAST ? rank - 1 : 1;
  }

  /** Axis of the steps of a sequence. */
  public int steps() {
    return this == CHANNELS_LAST ? 1 : 2;
  }

  /** A tensor of this format with its channels last. */
  public <T extends TType> Operand<T> channelsLast(Ops tf, Operand<T> x) {
    int rank = x.shape().numDimensions();
    return this == CHANNELS_LAST || rank < 3
        ? x
        : transposed(
            tf,
            x,
            IntStream.concat(
                IntStream.concat(IntStream.of(0), IntStream.range(2, rank)), IntStream.of(1)));
  }

  /** A tensor whose channels are last, in this format. */
  public <T extends TType> Operand<T> fromChannelsLast(Ops tf, Operand<T> x) {
    int rank = x.shape().numDimensions();
    return this == CHANNELS_LAST || rank < 3
        ? x
        : transposed(
            tf, x, IntStream.concat(IntStream.of(0, rank - 1), IntStream.range(1, rank - 1)));
  }

  private static <T extends TType> Operand<T> transposed(Ops tf, Operand<T> x, IntStream order) {
    return tf.linalg.transpose(x, tf.constant(order.toArray()));
  }
}
