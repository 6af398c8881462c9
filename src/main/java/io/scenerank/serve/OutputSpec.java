package io.scenerank.serve;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.scenerank.PublicApi;
import io.scenerank.variable.Shapes;
import java.util.Map;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;

/**
 * An output of a signature.
 *
 * @param name name of the output, the task for a ranking model
 * @param tensorName name of the tensor that is fetched; empty if it is not a dense tensor
 * @param dataType its type
 * @param shape its shape as the signature says it; -1 is unknown
 */
@PublicApi
public record OutputSpec(String name, String tensorName, DataType dataType, Shape shape) {
  private static final ImmutableSet<DataType> FLOATS =
      ImmutableSet.of(
          DataType.DT_HALF, DataType.DT_BFLOAT16, DataType.DT_FLOAT, DataType.DT_DOUBLE);

  /** Integers that TensorFlow Java has tensors of. */
  private static final ImmutableSet<DataType> INTEGERS =
      ImmutableSet.of(DataType.DT_UINT8, DataType.DT_UINT16, DataType.DT_INT32, DataType.DT_INT64);

  /** Integers that it has no tensors of. */
  private static final ImmutableSet<DataType> OTHER_INTEGERS =
      ImmutableSet.of(DataType.DT_INT8, DataType.DT_INT16, DataType.DT_UINT32, DataType.DT_UINT64);

  static OutputSpec of(String name, TensorInfo info) {
    return new OutputSpec(
        name, info.getName(), info.getDtype(), Shapes.ofProto(info.getTensorShape()));
  }

  /** The outputs of a signature by name, in the order of the names. */
  static ImmutableMap<String, OutputSpec> all(SignatureDef signature) {
    return signature.getOutputsMap().entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .collect(
            ImmutableMap.toImmutableMap(
                Map.Entry::getKey, entry -> of(entry.getKey(), entry.getValue())));
  }

  /** Whether the output is a number: of a floating-point or an integer type. */
  public boolean isNumeric() {
    return isFloat() || isInteger();
  }

  /** Whether the output is of a floating-point type. */
  public boolean isFloat() {
    return FLOATS.contains(dataType);
  }

  /** Whether the output is of an integer type. */
  public boolean isInteger() {
    return INTEGERS.contains(dataType) || isCast();
  }

  /** Whether the output may hold one value a row: [rows] or [rows, 1], as far as it is known. */
  public boolean isOneARow() {
    if (shape.isUnknown()) {
      return true;
    }
    int axes = shape.numDimensions();
    return axes > 0
        && axes <= 2
        && shape.get(0) == Shape.UNKNOWN_SIZE
        && (axes == 1 || shape.get(1) == 1 || shape.get(1) == Shape.UNKNOWN_SIZE);
  }

  /** Whether the graph casts the output to int64 before it is read. */
  boolean isCast() {
    return OTHER_INTEGERS.contains(dataType);
  }

  /** Whether {@link Scores} can hold the output. */
  public boolean isRead() {
    return !tensorName.isEmpty()
        && (isNumeric() || dataType == DataType.DT_BOOL || dataType == DataType.DT_STRING);
  }
}
