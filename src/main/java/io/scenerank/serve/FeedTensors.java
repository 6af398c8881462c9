package io.scenerank.serve;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat16;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TString;
import org.tensorflow.types.TUint16;
import org.tensorflow.types.TUint8;

/** Makes tensors of arrays. */
final class FeedTensors {
  private FeedTensors() {}

  /**
   * A tensor of the array's values, which the caller closes.
   *
   * @param type of the tensor
   * @param array one that {@link FeedType} takes for it
   */
  static Tensor of(DataType type, Shape shape, Object array) {
    return switch (type) {
      case DT_BOOL -> TBool.tensorOf(shape, DataBuffers.of((boolean[]) array, true, false));
      case DT_UINT8 -> uint8(shape, longs(array));
      case DT_UINT16 -> uint16(shape, longs(array));
      case DT_INT32 -> TInt32.tensorOf(shape, DataBuffers.of(ints(array), true, false));
      case DT_INT64 -> TInt64.tensorOf(shape, DataBuffers.of(longs(array), true, false));
      case DT_HALF -> half(shape, (float[]) array);
      case DT_BFLOAT16 -> bfloat16(shape, (float[]) array);
      case DT_FLOAT -> TFloat32.tensorOf(shape, DataBuffers.of((float[]) array, true, false));
      case DT_DOUBLE -> TFloat64.tensorOf(shape, DataBuffers.of(doubles(array), true, false));
      case DT_STRING -> strings(shape, array);
      default -> throw new IllegalArgumentException("no tensors of type " + type);
    };
  }

  private static Tensor uint8(Shape shape, long[] values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return TUint8.tensorOf(shape, DataBuffers.of(bytes, true, false));
  }

  private static Tensor uint16(Shape shape, long[] values) {
    short[] shorts = new short[values.length];
    for (int i = 0; i < values.length; i++) {
      shorts[i] = (short) values[i];
    }
    return TUint16.tensorOf(shape, DataBuffers.of(shorts, true, false));
  }

  private static Tensor half(Shape shape, float[] values) {
    short[] bits = new short[values.length];
    for (int i = 0; i < values.length; i++) {
      bits[i] = SmallFloats.half(values[i]);
    }
    return TFloat16.tensorOf(shape, t -> t.asRawTensor().data().asShorts().write(bits));
  }

  private static Tensor bfloat16(Shape shape, float[] values) {
    short[] bits = new short[values.length];
    for (int i = 0; i < values.length; i++) {
      bits[i] = SmallFloats.bfloat16(values[i]);
    }
    return TBfloat16.tensorOf(shape, t -> t.asRawTensor().data().asShorts().write(bits));
  }

  private static int[] ints(Object array) {
    return array instanceof long[] longs
        ? Arrays.stream(longs).mapToInt(Math::toIntExact).toArray()
        : (int[]) array;
  }

  static long[] longs(Object array) {
    return array instanceof int[] ints
        ? Arrays.stream(ints).asLongStream().toArray()
        : (long[]) array;
  }

  private static double[] doubles(Object array) {
    if (array instanceof float[] floats) {
      double[] values = new double[floats.length];
      Arrays.setAll(values, i -> floats[i]);
      return values;
    }
    return (double[]) array;
  }

  private static Tensor strings(Shape shape, Object array) {
    return array instanceof byte[][] bytes
        ? TString.tensorOfBytes(shape, DataBuffers.ofObjects(bytes))
        : TString.tensorOf(StandardCharsets.UTF_8, shape, DataBuffers.ofObjects((String[]) array));
  }
}
