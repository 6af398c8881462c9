package io.scenerank.server;

import com.google.common.collect.ImmutableBiMap;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;

/** Names of types in KServe's protocol of version 2. */
final class KserveTypes {
  private static final ImmutableBiMap<DataType, String> NAMES =
      ImmutableBiMap.<DataType, String>builder()
          .put(DataType.DT_BOOL, "BOOL")
          .put(DataType.DT_UINT8, "UINT8")
          .put(DataType.DT_UINT16, "UINT16")
          .put(DataType.DT_UINT32, "UINT32")
          .put(DataType.DT_UINT64, "UINT64")
          .put(DataType.DT_INT8, "INT8")
          .put(DataType.DT_INT16, "INT16")
          .put(DataType.DT_INT32, "INT32")
          .put(DataType.DT_INT64, "INT64")
          .put(DataType.DT_HALF, "FP16")
          .put(DataType.DT_BFLOAT16, "BF16")
          .put(DataType.DT_FLOAT, "FP32")
          .put(DataType.DT_DOUBLE, "FP64")
          .put(DataType.DT_STRING, "BYTES")
          .build();

  private KserveTypes() {}

  /** The name of a type; that of TensorFlow where the protocol has none. */
  static String name(DataType type) {
    return NAMES.getOrDefault(type, type.name());
  }

  /** The sizes of a shape's axes, -1 for those that are not known. */
  static long[] sizes(Shape shape) {
    return shape.isUnknown() ? new long[] {Shape.UNKNOWN_SIZE} : shape.asArray();
  }
}
