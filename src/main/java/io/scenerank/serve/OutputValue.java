package io.scenerank.serve;

import java.lang.reflect.Array;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;

/**
 * The values of one output.
 *
 * @param dataType the output's own type
 * @param shape of all values
 * @param array float[], double[], long[], boolean[] or byte[][]
 */
record OutputValue(DataType dataType, Shape shape, Object array) {

  /** What the values are, for an error. */
  String kind() {
    return array instanceof boolean[]
        ? "truth values"
        : array instanceof byte[][] ? "texts" : "numbers";
  }

  /** Some of the rows, where the first axis is that of the rows. */
  OutputValue rows(int from, int count) {
    long[] sizes = shape.asArray();
    int width = Math.toIntExact(sizes[0] == 0 ? 0 : shape.size() / sizes[0]);
    Object part =
        Array.newInstance(array.getClass().getComponentType(), Math.multiplyExact(width, count));
    System.arraycopy(array, from * width, part, 0, width * count);
    sizes[0] = count;
    return new OutputValue(dataType, Shape.of(sizes), part);
  }

  /** A copy of the values as doubles; null if they are no numbers. */
  double @Nullable [] doubles() {
    if (array instanceof double[] doubles) {
      return doubles.clone();
    }
    if (array instanceof float[] floats) {
      double[] values = new double[floats.length];
      Arrays.setAll(values, i -> floats[i]);
      return values;
    }
    return null;
  }
}
