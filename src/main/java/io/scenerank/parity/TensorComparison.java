package io.scenerank.parity;

import com.google.common.collect.ImmutableList;
import io.scenerank.variable.FloatTensor;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.ndarray.Shape;

/**
 * The largest difference between a computed and an expected tensor.
 *
 * @param tensor name in the case file
 * @param maxAbs largest absolute difference
 * @param maxRel largest difference relative to the expected value, over expected values that are
 *     not 0
 * @param at index of the value that is furthest out of tolerance
 * @param actual the computed value there
 * @param expected the expected value there
 * @param tolerance what was allowed
 * @param passed whether every value is within the tolerance
 */
record TensorComparison(
    String tensor,
    double maxAbs,
    double maxRel,
    ImmutableList<Long> at,
    float actual,
    float expected,
    double tolerance,
    boolean passed) {

  /**
   * Compares value by value; a NaN on either side alone is out of any tolerance.
   *
   * @throws IllegalArgumentException if the shapes differ
   */
  static TensorComparison of(
      String tensor, FloatTensor actual, FloatTensor expected, double tolerance) {
    if (!actual.shape().equals(expected.shape())) {
      throw new IllegalArgumentException(
          tensor + ": computed " + actual.shape() + ", expected " + expected.shape());
    }
    double maxAbs = 0;
    double maxRel = 0;
    double worst = -1;
    int at = 0;
    for (int i = 0; i < actual.values().length; i++) {
      float a = actual.values()[i];
      float e = expected.values()[i];
      double difference = Float.compare(a, e) == 0 ? 0 : Math.abs((double) a - e);
      difference = Double.isNaN(difference) ? Double.POSITIVE_INFINITY : difference;
      boolean apart = Double.isInfinite(difference); // with any value on the other side
      maxAbs = Math.max(maxAbs, difference);
      maxRel = e == 0 ? maxRel : Math.max(maxRel, apart ? difference : difference / Math.abs(e));
      double excess = apart ? difference : difference / (1 + Math.abs((double) e));
      if (excess > worst) {
        worst = excess;
        at = i;
      }
    }
    boolean empty = actual.values().length == 0;
    return new TensorComparison(
        tensor,
        maxAbs,
        maxRel,
        index(actual.shape(), at),
        empty ? 0 : actual.values()[at],
        empty ? 0 : expected.values()[at],
        tolerance,
        worst <= tolerance);
  }

  private static ImmutableList<Long> index(Shape shape, int flat) {
    List<Long> index = new ArrayList<>();
    long rest = flat;
    for (int axis = shape.numDimensions() - 1; axis >= 0; axis--) {
      long size = Math.max(1, shape.get(axis));
      index.add(0, rest % size);
      rest /= size;
    }
    return ImmutableList.copyOf(index);
  }
}
