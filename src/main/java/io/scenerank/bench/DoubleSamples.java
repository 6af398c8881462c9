package io.scenerank.bench;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkState;

import java.util.Arrays;

/** Values, as many as come. */
final class DoubleSamples {
  private double[] values = new double[1024];
  private int size;

  /** Values that are there already. */
  public static DoubleSamples of(double... values) {
    DoubleSamples samples = new DoubleSamples();
    for (double value : values) {
      samples.add(value);
    }
    return samples;
  }

  public void add(double value) {
    if (size == values.length) {
      values = Arrays.copyOf(values, 2 * size);
    }
    values[size++] = value;
  }

  public int size() {
    return size;
  }

  /** The middle one, or the mean of the two in the middle. */
  public double median() {
    return quantile(0.5);
  }

  /**
   * The value that the share {@code q} of all lies below, between two neighbours by their distance
   * (numpy's {@code quantile}).
   *
   * @param q in [0, 1]
   * @throws IllegalStateException if there is no value
   */
  public double quantile(double q) {
    checkArgument(q >= 0 && q <= 1, "the quantile is %s, expected it in [0, 1]", q);
    checkState(size > 0, "no values");
    double[] sorted = Arrays.copyOf(values, size);
    Arrays.sort(sorted);
    double position = q * (size - 1);
    int below = (int) Math.floor(position);
    int above = Math.min(below + 1, size - 1);
    return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
  }
}
