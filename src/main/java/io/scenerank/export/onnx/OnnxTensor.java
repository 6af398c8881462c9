package io.scenerank.export.onnx;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableLongArray;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.stream.LongStream;
import org.tensorflow.RawTensor;
import org.tensorflow.Tensor;
import org.tensorflow.types.TString;

/**
 * A constant value of a graph.
 *
 * @param raw the values in little-endian order; empty of texts
 * @param texts the values of texts, as UTF-8
 */
record OnnxTensor(
    OnnxType type, ImmutableLongArray dims, ByteString raw, ImmutableList<ByteString> texts) {

  static OnnxTensor ofLongs(List<Long> dims, long... values) {
    ByteBuffer bytes = buffer(values.length * Long.BYTES);
    bytes.asLongBuffer().put(values);
    return of(OnnxType.INT64, dims, bytes);
  }

  /** A vector. */
  static OnnxTensor ofLongs(long... values) {
    return ofLongs(List.of((long) values.length), values);
  }

  static OnnxTensor ofInts(List<Long> dims, int... values) {
    ByteBuffer bytes = buffer(values.length * Integer.BYTES);
    bytes.asIntBuffer().put(values);
    return of(OnnxType.INT32, dims, bytes);
  }

  static OnnxTensor ofFloats(List<Long> dims, float... values) {
    ByteBuffer bytes = buffer(values.length * Float.BYTES);
    bytes.asFloatBuffer().put(values);
    return of(OnnxType.FLOAT, dims, bytes);
  }

  /**
   * A scalar of any type of numbers.
   *
   * @param value rounded to the type
   */
  static OnnxTensor scalar(OnnxType type, double value) {
    ByteBuffer bytes = buffer(type.bytes());
    switch (type) {
      case FLOAT -> bytes.putFloat(0, (float) value);
      case DOUBLE -> bytes.putDouble(0, value);
      case INT32 -> bytes.putInt(0, (int) value);
      case INT64 -> bytes.putLong(0, (long) value);
      case INT8, UINT8 -> bytes.put(0, (byte) value);
      case BOOL -> bytes.put(0, (byte) (value == 0 ? 0 : 1));
      case STRING -> throw new IllegalArgumentException("a text where a number is expected");
    }
    return of(type, List.of(), bytes);
  }

  private static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static OnnxTensor of(OnnxType type, List<Long> dims, ByteBuffer bytes) {
    return new OnnxTensor(
        type,
        ImmutableLongArray.copyOf(dims),
        UnsafeByteOperations.unsafeWrap(bytes),
        ImmutableList.of());
  }

  /** A copy of a tensor of one of the types. */
  static OnnxTensor of(OnnxType type, Tensor tensor) {
    ImmutableLongArray dims = ImmutableLongArray.copyOf(tensor.shape().asArray());
    if (tensor instanceof TString texts) {
      ImmutableList.Builder<ByteString> values = ImmutableList.builder();
      texts.asBytes().scalars().forEach(text -> values.add(ByteString.copyFrom(text.getObject())));
      return new OnnxTensor(type, dims, ByteString.EMPTY, values.build());
    }
    RawTensor raw = tensor.asRawTensor();
    byte[] bytes = new byte[Math.toIntExact(raw.data().size())];
    raw.data().read(bytes);
    return new OnnxTensor(type, dims, UnsafeByteOperations.unsafeWrap(bytes), ImmutableList.of());
  }

  /** Number of values. */
  int size() {
    return Math.toIntExact(dims.stream().reduce(1, (a, b) -> a * b));
  }

  /** The values of a tensor of integers. */
  long[] longs() {
    ByteBuffer bytes = bytes();
    return switch (type) {
      case INT32 -> LongStream.range(0, size()).map(i -> bytes.getInt((int) i * 4)).toArray();
      case INT64 -> LongStream.range(0, size()).map(i -> bytes.getLong((int) i * 8)).toArray();
      default -> throw new IllegalStateException(type + " where integers are expected");
    };
  }

  /** The first value of a tensor of numbers. */
  double first() {
    ByteBuffer bytes = bytes();
    return switch (type) {
      case FLOAT -> bytes.getFloat(0);
      case DOUBLE -> bytes.getDouble(0);
      case INT32 -> bytes.getInt(0);
      case INT64 -> bytes.getLong(0);
      case INT8, BOOL -> bytes.get(0);
      case UINT8 -> bytes.get(0) & 0xff;
      case STRING -> throw new IllegalStateException("a text where a number is expected");
    };
  }

  private ByteBuffer bytes() {
    return raw.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The same values as int64, as ONNX has its shapes and axes. */
  OnnxTensor asInt64() {
    return type == OnnxType.INT64 ? this : ofLongs(dims.asList(), longs());
  }

  /** As {@code TensorProto}. */
  ProtoMessage toProto(String name) {
    ProtoMessage proto =
        new ProtoMessage().numbers(1, dims.toArray()).number(2, type.number()).text(8, name);
    if (type == OnnxType.STRING) {
      texts.forEach(text -> proto.bytes(6, text));
      return proto;
    }
    return proto.bytes(9, raw);
  }
}
