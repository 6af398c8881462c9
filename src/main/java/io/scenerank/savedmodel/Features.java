package io.scenerank.savedmodel;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.scenerank.feature.InvalidInputException;
import java.util.Arrays;
import java.util.Optional;
import org.tensorflow.ndarray.Shape;

/**
 * Rows to score, as arrays by feature name.
 *
 * <pre>{@code
 * Features features = Features.builder()
 *     .ids("user_id", 7, 7, 9)                      // [3, 1]
 *     .ids("hist_video_id", new int[][] {{0, 4}, {0, 4}, {1, 2}})  // [3, 2]
 *     .build();
 * }</pre>
 */
public final class Features {
  private final ImmutableMap<String, Value> values;

  /**
   * One feature of all rows; exactly one array is there.
   *
   * @param shape [rows, width]
   */
  record Value(Shape shape, Optional<int[]> ids, Optional<float[]> floats) {}

  private Features(ImmutableMap<String, Value> values) {
    this.values = values;
  }

  public static Builder builder() {
    return new Builder();
  }

  /** The names of the features. */
  public ImmutableSet<String> names() {
    return values.keySet();
  }

  Value get(String name) {
    return values.get(name);
  }

  /** Collects features. Arrays are copied. */
  public static final class Builder {
    private final ImmutableMap.Builder<String, Value> values = ImmutableMap.builder();

    private Builder() {}

    /** A sparse feature: one id a row. */
    public Builder ids(String name, int... ids) {
      return ids(name, ids.length, 1, ids);
    }

    /**
     * A sequence: {@code max_len} ids a row, padded with 0.
     *
     * @throws InvalidInputException if the rows differ in length
     */
    public Builder ids(String name, int[][] rows) {
      int width = width(name, rows.length, i -> rows[i].length);
      return ids(
          name, rows.length, width, Arrays.stream(rows).flatMapToInt(Arrays::stream).toArray());
    }

    private Builder ids(String name, int rows, int width, int[] ids) {
      values.put(
          name, new Value(Shape.of(rows, width), Optional.of(ids.clone()), Optional.empty()));
      return this;
    }

    /** A dense feature: one float a row. */
    public Builder floats(String name, float... floats) {
      return floats(name, floats.length, 1, floats);
    }

    /**
     * A dense feature: {@code dimension} floats a row.
     *
     * @throws InvalidInputException if the rows differ in length
     */
    public Builder floats(String name, float[][] rows) {
      int width = width(name, rows.length, i -> rows[i].length);
      float[] flat = new float[rows.length * width];
      for (int i = 0; i < rows.length; i++) {
        System.arraycopy(rows[i], 0, flat, i * width, width);
      }
      return floats(name, rows.length, width, flat);
    }

    private Builder floats(String name, int rows, int width, float[] floats) {
      values.put(
          name, new Value(Shape.of(rows, width), Optional.empty(), Optional.of(floats.clone())));
      return this;
    }

    private static int width(String name, int rows, java.util.function.IntUnaryOperator lengthOf) {
      int width = rows == 0 ? 0 : lengthOf.applyAsInt(0);
      for (int i = 0; i < rows; i++) {
        if (lengthOf.applyAsInt(i) != width) {
          throw new InvalidInputException(
              String.format(
                  "feature '%s', row %d: found %d values, expected %d like row 0",
                  name, i, lengthOf.applyAsInt(i), width));
        }
      }
      return width;
    }

    /**
     * @throws IllegalArgumentException if a feature was given twice
     */
    public Features build() {
      return new Features(values.buildOrThrow());
    }
  }
}
