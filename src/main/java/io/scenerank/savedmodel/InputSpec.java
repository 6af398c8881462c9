package io.scenerank.savedmodel;

import io.scenerank.feature.InvalidInputException;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.TensorInfo;

/**
 * An input of a signature.
 *
 * @param name name of the feature
 * @param tensorName name of the tensor that is fed
 * @param dataType int32, int64 or float32
 * @param shape the first dimension is the batch; -1 is unknown
 */
public record InputSpec(String name, String tensorName, DataType dataType, Shape shape) {

  static InputSpec of(String name, TensorInfo info) {
    long[] sizes =
        info.getTensorShape().getDimList().stream().mapToLong(dim -> dim.getSize()).toArray();
    Shape shape = info.getTensorShape().getUnknownRank() ? Shape.unknown() : Shape.of(sizes);
    return new InputSpec(name, info.getName(), info.getDtype(), shape);
  }

  /** Whether the input takes ids rather than floats. */
  public boolean takesIds() {
    return dataType == DataType.DT_INT32 || dataType == DataType.DT_INT64;
  }

  void check(String source, Features.Value value) {
    if (!takesIds() && dataType != DataType.DT_FLOAT) {
      throw new InvalidInputException(
          source
              + ": input '"
              + name
              + "' is "
              + dataType
              + ", expected DT_INT32, DT_INT64 or DT_FLOAT");
    }
    if (value.ids().isPresent() != takesIds()) {
      throw new InvalidInputException(
          String.format(
              "%s: feature '%s' holds %s, expected %s",
              source,
              name,
              value.ids().isPresent() ? "ids" : "floats",
              takesIds() ? "ids" : "floats"));
    }
    Shape found = shapeOf(value);
    boolean fits = shape.isUnknown() || shape.numDimensions() == 2;
    for (int axis = 0; fits && !shape.isUnknown() && axis < 2; axis++) {
      fits = shape.get(axis) == Shape.UNKNOWN_SIZE || shape.get(axis) == found.get(axis);
    }
    if (!fits) {
      throw new InvalidInputException(
          String.format(
              "%s: feature '%s' has the shape %s, expected %s",
              source, name, value.shape(), shape));
    }
  }

  /** The value's shape. No rows show no width: such a value takes the input's. */
  Shape shapeOf(Features.Value value) {
    boolean widthKnown = shape.numDimensions() == 2 && shape.get(1) != Shape.UNKNOWN_SIZE;
    return value.shape().get(0) == 0 && widthKnown ? Shape.of(0, shape.get(1)) : value.shape();
  }
}
