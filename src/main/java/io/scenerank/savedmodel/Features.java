package io.scenerank.savedmodel;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.scenerank.feature.InvalidInputException;
import java.lang.reflect.Array;
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
   * One feature of all rows.
   *
   * @param shape [rows, width]
   * @param array int[], long[], float[], double[] or String[], row by row
   */
  record Value(Shape shape, Object array) {}

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

  /**
   * Collects features. Arrays are copied. A method with one value a row is for a feature of width
   * 1, one with rows for a feature of any width.
   */
  public static final class Builder {
    private final ImmutableMap.Builder<String, Value> values = ImmutableMap.builder();

    private Builder() {}

    /** A sparse feature: one id a row, for an input of type int32 or int64. */
    public Builder ids(String name, int... ids) {
      return column(name, ids.clone());
    }

    /**
     * A sequence: {@code max_len} ids a row, padded with 0.
     *
     * @throws InvalidInputException if the rows differ in length
     */
    public Builder ids(String name, int[][] rows) {
      return rows(name, rows, int.class);
    }

    /** One number a row for an input of type int64, as the raw value of a sparse feature. */
    public Builder longs(String name, long... longs) {
      return column(name, longs.clone());
    }

    /**
     * Several numbers a row for an input of type int64.
     *
     * @throws InvalidInputException if the rows differ in length
     */
    public Builder longs(String name, long[][] rows) {
      return rows(name, rows, long.class);
    }

    /** A dense feature: one float a row, for an input of type float32 or float64. */
    public Builder floats(String name, float... floats) {
      return column(name, floats.clone());
    }

    /**
     * A dense feature: {@code dimension} floats a row.
     *
     * @throws InvalidInputException if the rows differ in length
     */
    public Builder floats(String name, float[][] rows) {
      return rows(name, rows, float.class);
    }

    /** One number a row for an input of type float64. */
    public Builder doubles(String name, double... doubles) {
      return column(name, doubles.clone());
    }

    /**
     * Several numbers a row for an input of type float64.
     *
     * @throws InvalidInputException if the rows differ in length
     */
    public Builder doubles(String name, double[][] rows) {
      return rows(name, rows, double.class);
    }

    /**
     * One text a row, sent as UTF-8.
     *
     * @throws InvalidInputException if one is null
     */
    public Builder strings(String name, String... strings) {
      return column(name, requireText(name, strings.clone(), 1));
    }

    /**
     * Several texts a row, sent as UTF-8.
     *
     * @throws InvalidInputException if the rows differ in length or a text is null
     */
    public Builder strings(String name, String[][] rows) {
      return rows(name, rows, String.class);
    }

    private Builder column(String name, Object array) {
      return put(name, Array.getLength(array), 1, array);
    }

    private Builder rows(String name, Object[] rows, Class<?> type) {
      int width = rows.length == 0 ? 0 : Array.getLength(rows[0]);
      Object flat = Array.newInstance(type, rows.length * width);
      for (int i = 0; i < rows.length; i++) {
        int found = Array.getLength(rows[i]);
        if (found != width) {
          throw new InvalidInputException(
              String.format(
                  "feature '%s', row %d: found %d values, expected %d like row 0",
                  name, i, found, width));
        }
        System.arraycopy(rows[i], 0, flat, i * width, width);
      }
      if (flat instanceof String[] strings) {
        requireText(name, strings, width);
      }
      return put(name, rows.length, width, flat);
    }

    private static String[] requireText(String name, String[] strings, int width) {
      for (int i = 0; i < strings.length; i++) {
        if (strings[i] == null) {
          throw new InvalidInputException(
              String.format("feature '%s', row %d: found null, expected a text", name, i / width));
        }
      }
      return strings;
    }

    private Builder put(String name, int rows, int width, Object array) {
      values.put(name, new Value(Shape.of(rows, width), array));
      return this;
    }

    /**
     * @throws IllegalArgumentException if a feature was given twice
     */
    public Features build() {
      return new Features(values.buildOrThrow());
    }
  }
}
