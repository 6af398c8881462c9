package io.scenerank.savedmodel;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import io.scenerank.feature.InvalidInputException;
import java.util.TreeMap;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;

/**
 * An input of a signature.
 *
 * @param name name of the feature
 * @param tensorName name of the tensor that is fed
 * @param dataType int32, int64, float32, float64 or string; another type cannot be fed
 * @param shape the first dimension is the batch; -1 is unknown
 */
public record InputSpec(String name, String tensorName, DataType dataType, Shape shape) {

  static InputSpec of(String name, TensorInfo info) {
    return new InputSpec(
        name, info.getName(), info.getDtype(), ShapeProtos.shape(info.getTensorShape()));
  }

  /**
   * The inputs of a signature by name, in the order of the names: one that was read from a file has
   * them in no order of their own.
   */
  static ImmutableMap<String, InputSpec> all(SignatureDef signature) {
    return ImmutableMap.copyOf(
        Maps.transformEntries(new TreeMap<>(signature.getInputsMap()), InputSpec::of));
  }

  /** Whether the input takes ids: integers. */
  public boolean takesIds() {
    return dataType == DataType.DT_INT32 || dataType == DataType.DT_INT64;
  }

  /** Whether the input takes floats. */
  public boolean takesFloats() {
    return dataType == DataType.DT_FLOAT || dataType == DataType.DT_DOUBLE;
  }

  /** Values a row: 1 for an input of shape [rows]; -1 where the model takes any number of them. */
  public long width() {
    if (shape.isUnknown()) {
      return Shape.UNKNOWN_SIZE;
    }
    return shape.numDimensions() == 1 ? 1 : shape.get(1);
  }

  /** Whether the input is a matrix or a vector, with a row or a value for each row. */
  boolean hasRows() {
    return shape.isUnknown() || shape.numDimensions() == 1 || shape.numDimensions() == 2;
  }

  void check(String source, Features.Value value) {
    FeedType type = type(source);
    if (!type.takes(value.array())) {
      throw new InvalidInputException(
          String.format(
              "%s: feature '%s' holds %s, expected %s",
              source, name, FeedType.nameOf(value.array()), type.expected()));
    }
    Shape found = value.shape();
    boolean empty = found.get(0) == 0;
    boolean fits =
        hasRows()
            && (shape.isUnknown() || isSize(shape.get(0), found.get(0)))
            && (empty || isSize(width(), found.get(1)));
    if (!fits) {
      throw new InvalidInputException(
          String.format(
              "%s: feature '%s' has the shape %s, expected %s", source, name, found, shape));
    }
  }

  private static boolean isSize(long expected, long found) {
    return expected == Shape.UNKNOWN_SIZE || expected == found;
  }

  /** A tensor of a checked value, which the caller closes. */
  Tensor tensor(String source, Features.Value value) {
    return type(source).tensor(shapeOf(value), value.array());
  }

  /** The tensor's shape. No rows show no width: such a value takes the input's. */
  private Shape shapeOf(Features.Value value) {
    long rows = value.shape().get(0);
    if (!shape.isUnknown() && shape.numDimensions() == 1) {
      return Shape.of(rows);
    }
    return rows == 0 && width() != Shape.UNKNOWN_SIZE ? Shape.of(0, width()) : value.shape();
  }

  private FeedType type(String source) {
    return FeedType.of(dataType)
        .orElseThrow(
            () ->
                new InvalidInputException(
                    String.format(
                        "%s: input '%s' is %s, expected %s",
                        source, name, dataType, FeedType.names())));
  }
}
