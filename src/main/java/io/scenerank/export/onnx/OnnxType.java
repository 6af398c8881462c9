package io.scenerank.export.onnx;

import com.google.common.collect.ImmutableMap;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.tensorflow.proto.DataType;

/** Types of values, with their numbers in {@code TensorProto.DataType} of ONNX. */
enum OnnxType {
  FLOAT(1, DataType.DT_FLOAT, 4),
  UINT8(2, DataType.DT_UINT8, 1),
  INT8(3, DataType.DT_INT8, 1),
  INT32(6, DataType.DT_INT32, 4),
  INT64(7, DataType.DT_INT64, 8),
  STRING(8, DataType.DT_STRING, 0),
  BOOL(9, DataType.DT_BOOL, 1),
  DOUBLE(11, DataType.DT_DOUBLE, 8);

  private static final ImmutableMap<DataType, OnnxType> OF =
      Arrays.stream(values())
          .collect(ImmutableMap.toImmutableMap(type -> type.tensorFlow, type -> type));

  private final int number;
  private final DataType tensorFlow;
  private final int bytes;

  OnnxType(int number, DataType tensorFlow, int bytes) {
    this.number = number;
    this.tensorFlow = tensorFlow;
    this.bytes = bytes;
  }

  /** Empty for a type that has no form: ONNX Runtime computes with half floats in float32. */
  static Optional<OnnxType> find(DataType type) {
    return Optional.ofNullable(OF.get(type));
  }

  /** The type's name as TensorFlow prints it, {@code float} or {@code half}. */
  static String name(DataType type) {
    return type.name().replaceFirst("^DT_", "").toLowerCase(Locale.ROOT);
  }

  int number() {
    return number;
  }

  /** Bytes of a value; 0 of a text. */
  int bytes() {
    return bytes;
  }

  boolean isFloating() {
    return this == FLOAT || this == DOUBLE;
  }
}
