package io.scenerank.serve;

import com.google.common.collect.ImmutableMap;
import io.scenerank.serve.Scores.OutputSpec;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.RawTensor;
import org.tensorflow.Result;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.NdArray;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TString;

/** Copies a model's outputs out of tensors. */
final class OutputReader {
  private final ImmutableMap<String, OutputSpec> specs;

  /**
   * @param specs all outputs by name
   */
  OutputReader(ImmutableMap<String, OutputSpec> specs) {
    this.specs = specs;
  }

  /** Reads the outputs that can be read, which were fetched in their order. */
  Scores read(Result result) {
    ImmutableMap.Builder<String, OutputValue> values = ImmutableMap.builder();
    int next = 0;
    for (OutputSpec spec : specs.values()) {
      if (spec.isRead()) {
        Tensor tensor = result.get(next++);
        values.put(spec.name(), new OutputValue(spec.dataType(), tensor.shape(), array(tensor)));
      }
    }
    return new Scores(specs, values.buildOrThrow());
  }

  private static Object array(Tensor tensor) {
    int size = Math.toIntExact(tensor.shape().size());
    RawTensor raw = tensor.asRawTensor();
    return switch (tensor.dataType()) {
      case DT_FLOAT -> floats(raw, size);
      case DT_DOUBLE -> doubles(raw, size);
      case DT_HALF, DT_BFLOAT16 -> smallFloats(raw, size);
      case DT_INT32 -> ints(raw, size);
      case DT_INT64 -> longs(raw, size);
      case DT_UINT8 -> uint8(raw, size);
      case DT_UINT16 -> uint16(raw, size);
      case DT_BOOL -> bools(raw, size);
      case DT_STRING -> bytes((TString) tensor);
      default -> throw new IllegalStateException("output of type " + tensor.dataType());
    };
  }

  private static float[] floats(RawTensor raw, int size) {
    float[] values = new float[size];
    raw.data().asFloats().read(values);
    return values;
  }

  private static double[] doubles(RawTensor raw, int size) {
    double[] values = new double[size];
    raw.data().asDoubles().read(values);
    return values;
  }

  private static float[] smallFloats(RawTensor raw, int size) {
    short[] bits = shorts(raw, size);
    boolean half = raw.dataType() == DataType.DT_HALF;
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = half ? SmallFloats.ofHalf(bits[i]) : SmallFloats.ofBfloat16(bits[i]);
    }
    return values;
  }

  private static short[] shorts(RawTensor raw, int size) {
    short[] bits = new short[size];
    raw.data().asShorts().read(bits);
    return bits;
  }

  private static long[] ints(RawTensor raw, int size) {
    int[] values = new int[size];
    raw.data().asInts().read(values);
    return FeedTensors.longs(values);
  }

  private static long[] longs(RawTensor raw, int size) {
    long[] values = new long[size];
    raw.data().asLongs().read(values);
    return values;
  }

  private static long[] uint8(RawTensor raw, int size) {
    byte[] bytes = new byte[size];
    raw.data().read(bytes);
    long[] values = new long[size];
    for (int i = 0; i < size; i++) {
      values[i] = Byte.toUnsignedLong(bytes[i]);
    }
    return values;
  }

  private static long[] uint16(RawTensor raw, int size) {
    short[] bits = shorts(raw, size);
    long[] values = new long[size];
    for (int i = 0; i < size; i++) {
      values[i] = Short.toUnsignedLong(bits[i]);
    }
    return values;
  }

  private static boolean[] bools(RawTensor raw, int size) {
    byte[] bytes = new byte[size];
    raw.data().read(bytes);
    boolean[] values = new boolean[size];
    for (int i = 0; i < size; i++) {
      values[i] = bytes[i] != 0;
    }
    return values;
  }

  private static byte[][] bytes(TString strings) {
    List<byte[]> values = new ArrayList<>();
    for (NdArray<byte[]> value : strings.asBytes().scalars()) {
      values.add(value.getObject());
    }
    return values.toArray(new byte[0][]);
  }
}
