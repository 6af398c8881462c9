package io.scenerank.serve;

import io.scenerank.config.InvalidInputException;
import java.lang.reflect.Array;
import java.util.Arrays;
import java.util.Locale;
import org.tensorflow.ndarray.Shape;

/** Lays nested Java arrays out one after another, as tensors are. */
final class NestedArray {
  private final String name;
  private final long[] shape;
  private final Object flat;
  private int next;

  /**
   * @param name of the feature
   * @param nested an array of arrays, as {@code int[][][]}; the innermost hold the values
   * @param axes how deep it is
   * @throws InvalidInputException naming the row that is null or whose size is not that of row 0
   */
  NestedArray(String name, Object nested, int axes) {
    this.name = name;
    this.shape = new long[axes];
    Class<?> component = measure(nested, axes);
    this.flat =
        Array.newInstance(
            component, Math.toIntExact(Arrays.stream(shape).reduce(1, (a, b) -> a * b)));
    copy(nested, 0, 0);
  }

  Shape shape() {
    return Shape.of(shape);
  }

  /** The values in one array. */
  Object values() {
    return flat;
  }

  /** Takes the sizes from what comes first; returns the type of the values. */
  private Class<?> measure(Object nested, int axes) {
    Object array = nested;
    for (int axis = 0; axis < axes && array != null; axis++) {
      shape[axis] = Array.getLength(array);
      array = axis < axes - 1 && shape[axis] > 0 ? Array.get(array, 0) : null;
    }
    Class<?> type = nested.getClass();
    for (int axis = 0; axis < axes; axis++) {
      type = type.getComponentType();
    }
    return type;
  }

  private void copy(Object array, int axis, int row) {
    if (array == null) {
      throw new InvalidInputException(
          String.format(
              Locale.ROOT, "feature '%s', row %d: found null, expected values", name, row));
    }
    int found = Array.getLength(array);
    if (found != shape[axis]) {
      throw new InvalidInputException(
          String.format(
              Locale.ROOT,
              "feature '%s', row %d: found %d values, expected %d like row 0",
              name,
              row,
              found,
              shape[axis]));
    }
    if (axis == shape.length - 1) {
      System.arraycopy(array, 0, flat, next, found);
      next += found;
    } else {
      for (int i = 0; i < found; i++) {
        copy(Array.get(array, i), axis + 1, axis == 0 ? i : row);
      }
    }
  }
}
