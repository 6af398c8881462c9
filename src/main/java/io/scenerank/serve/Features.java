package io.scenerank.serve;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Maps;
import io.scenerank.PublicApi;
import io.scenerank.config.InvalidInputException;
import java.lang.reflect.Array;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.TensorProto;

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
@PublicApi
public final class Features {
  private final ImmutableMap<String, FeatureValue> values;

  private Features(ImmutableMap<String, FeatureValue> values) {
    this.values = values;
  }

  public static Builder builder() {
    return new Builder();
  }

  /** The names of the features. */
  public ImmutableSet<String> names() {
    return values.keySet();
  }

  static Features of(Map<String, FeatureValue> values) {
    return new Features(ImmutableMap.copyOf(values));
  }

  ImmutableMap<String, FeatureValue> values() {
    return values;
  }

  /** Those of the features that are named; a name that there is not is left out. */
  public Features only(Set<String> names) {
    return of(Maps.filterKeys(values, names::contains));
  }

  /** The number of rows: the most that a feature has, 0 without any. */
  public int rows() {
    return Math.toIntExact(
        values.values().stream().mapToLong(FeatureValue::rows).filter(n -> n > 0).max().orElse(0));
  }

  /**
   * The ids of a feature with one id a row.
   *
   * @return empty if there is no such feature, or its values are not one int a row
   */
  public Optional<int[]> idsOf(String name) {
    FeatureValue value = values.get(name);
    return value != null && value.array() instanceof int[] ids && ids.length == value.rows()
        ? Optional.of(ids.clone())
        : Optional.empty();
  }

  @Nullable FeatureValue get(String name) {
    return values.get(name);
  }

  /**
   * Collects features. Arrays are copied. A method with one value a row is for a feature of width
   * 1, one with rows for a feature of any width, one with rows of rows for a feature of three axes,
   * {@link #scalar} for an input that has no rows.
   *
   * <p>Every method throws {@link InvalidInputException}, naming the feature and the row, if a
   * name, an array, a row or a text is null, if the rows differ in size, or if the feature is there
   * already.
   */
  public static final class Builder {
    /** More values than an array has. */
    private static final long TOO_LARGE = 1L << (Integer.SIZE - 1);

    private final Map<String, FeatureValue> values = new LinkedHashMap<>();

    private Builder() {}

    /** A sparse feature: one id a row, for an input of an integer type. */
    public Builder ids(String name, int... ids) {
      requireThere(name, ids);
      return column(name, ids.length, ids.clone());
    }

    /** A sequence: {@code max_len} ids a row, padded with 0. */
    public Builder ids(String name, int[][] rows) {
      return rows(name, rows, 2);
    }

    /** A matrix of ids a row. */
    public Builder ids(String name, int[][][] rows) {
      return rows(name, rows, 3);
    }

    /** One number a row for an input of type int64, as the raw value of a sparse feature. */
    public Builder longs(String name, long... longs) {
      requireThere(name, longs);
      return column(name, longs.length, longs.clone());
    }

    /** Several numbers a row for an input of type int64. */
    public Builder longs(String name, long[][] rows) {
      return rows(name, rows, 2);
    }

    /** A matrix of numbers a row for an input of type int64. */
    public Builder longs(String name, long[][][] rows) {
      return rows(name, rows, 3);
    }

    /** A dense feature: one float a row, for an input of a floating-point type. */
    public Builder floats(String name, float... floats) {
      requireThere(name, floats);
      return column(name, floats.length, floats.clone());
    }

    /** A dense feature: {@code dimension} floats a row. */
    public Builder floats(String name, float[][] rows) {
      return rows(name, rows, 2);
    }

    /** A matrix of floats a row. */
    public Builder floats(String name, float[][][] rows) {
      return rows(name, rows, 3);
    }

    /** One number a row for an input of type float64. */
    public Builder doubles(String name, double... doubles) {
      requireThere(name, doubles);
      return column(name, doubles.length, doubles.clone());
    }

    /** Several numbers a row for an input of type float64. */
    public Builder doubles(String name, double[][] rows) {
      return rows(name, rows, 2);
    }

    /** One truth value a row, for an input of type bool. */
    public Builder bools(String name, boolean... bools) {
      requireThere(name, bools);
      return column(name, bools.length, bools.clone());
    }

    /** Several truth values a row. */
    public Builder bools(String name, boolean[][] rows) {
      return rows(name, rows, 2);
    }

    /** One text a row, sent as UTF-8. */
    public Builder strings(String name, String... strings) {
      requireThere(name, strings);
      return column(name, strings.length, strings.clone());
    }

    /** Several texts a row, sent as UTF-8. */
    public Builder strings(String name, String[][] rows) {
      return rows(name, rows, 2);
    }

    /** One string of bytes a row, a serialized {@code tf.Example} for instance. */
    public Builder bytes(String name, byte[]... bytes) {
      requireThere(name, bytes);
      return column(name, bytes.length, bytes.clone());
    }

    /** Several strings of bytes a row. */
    public Builder bytes(String name, byte[][][] rows) {
      return rows(name, rows, 2);
    }

    /** The value of an input that has no rows, of an integer type. */
    public Builder scalar(String name, int value) {
      return put(name, FeatureValue.scalar(new int[] {value}));
    }

    /** The value of an input that has no rows, of an integer type. */
    public Builder scalar(String name, long value) {
      return put(name, FeatureValue.scalar(new long[] {value}));
    }

    /** The value of an input that has no rows, of a floating-point type. */
    public Builder scalar(String name, float value) {
      return put(name, FeatureValue.scalar(new float[] {value}));
    }

    /** The value of an input that has no rows, of type float64. */
    public Builder scalar(String name, double value) {
      return put(name, FeatureValue.scalar(new double[] {value}));
    }

    /** The value of an input that has no rows, of type bool. */
    public Builder scalar(String name, boolean value) {
      return put(name, FeatureValue.scalar(new boolean[] {value}));
    }

    /** The value of an input that has no rows, of type string. */
    public Builder scalar(String name, String value) {
      return put(name, FeatureValue.scalar(requireText(name, new String[] {value}, 1)));
    }

    /**
     * Rows of different lengths, for a model that takes them as two inputs: all values one after
     * another, and where each row begins and ends. A {@code RaggedTensorSpec} of a signature is
     * saved so: {@code hist} are the values and {@code hist_1} the splits.
     *
     * @param values the input of the values, [number of values]
     * @param splits the input of the row splits, [rows + 1], of type int32 or int64
     */
    public Builder ragged(String values, String splits, int[][] rows) {
      return ragged(values, splits, rows, int.class);
    }

    /** See {@link #ragged(String, String, int[][])}. */
    public Builder ragged(String values, String splits, long[][] rows) {
      return ragged(values, splits, rows, long.class);
    }

    /** See {@link #ragged(String, String, int[][])}. */
    public Builder ragged(String values, String splits, float[][] rows) {
      return ragged(values, splits, rows, float.class);
    }

    /** See {@link #ragged(String, String, int[][])}. */
    public Builder ragged(String values, String splits, String[][] rows) {
      return ragged(values, splits, rows, String.class);
    }

    /**
     * A feature of any number of axes.
     *
     * @param array int[], long[], float[], double[], boolean[], String[] or byte[][]: the values
     *     row by row
     * @param shape the rows first; none for an input without rows
     */
    public Builder values(String name, Object array, long... shape) {
      requireThere(name, array);
      if (!FeedType.isKnown(array)) {
        throw new InvalidInputException(
            String.format(
                "feature '%s': found a %s, expected an array of int, long, float, double, boolean,"
                    + " String or byte[]",
                name, array.getClass().getSimpleName()));
      }
      int size = Array.getLength(array);
      if (!fills(shape, size)) {
        throw new InvalidInputException(
            String.format(
                Locale.ROOT,
                "feature '%s': found %d values, which do not fill the shape %s",
                name,
                size,
                Arrays.toString(shape)));
      }
      Object flat = new NestedArray(name, array, 1).values();
      requireNoNull(name, flat, shape.length == 0 ? 1 : shape[0]);
      return put(
          name,
          shape.length == 0
              ? FeatureValue.scalar(flat)
              : FeatureValue.ofRows(Shape.of(shape), flat));
    }

    /**
     * A feature as a tensor's message, of any number of axes. The types are those of {@link
     * #values}; integers of less than 32 bits and unsigned ones are widened.
     *
     * @throws InvalidInputException if the type is another, or the values do not fill the shape
     */
    public Builder proto(String name, TensorProto tensor) {
      long[] shape = ProtoTensors.shape(name, tensor).asArray();
      return values(name, ProtoTensors.array(name, tensor), shape);
    }

    /** Whether so many values fill a shape; plain arithmetic, since a service asks it often. */
    private static boolean fills(long[] shape, int size) {
      long product = 1;
      for (long length : shape) {
        if (length < 0) {
          return false;
        }
        product = Math.min(product * Math.min(length, TOO_LARGE), TOO_LARGE);
      }
      return product == size;
    }

    /** One value a row is a matrix of width 1: most inputs are matrices. */
    private Builder column(String name, int rows, Object copy) {
      requireNoNull(name, copy, rows);
      return put(name, FeatureValue.ofRows(Shape.of(rows, 1), copy));
    }

    private Builder rows(String name, Object nested, int axes) {
      requireThere(name, nested);
      NestedArray array = new NestedArray(name, nested, axes);
      requireNoNull(name, array.values(), array.shape().get(0));
      return put(name, FeatureValue.ofRows(array.shape(), array.values()));
    }

    private Builder ragged(String values, String splits, Object[] rows, Class<?> type) {
      requireThere(values, rows);
      int[] ends = new int[rows.length + 1];
      for (int i = 0; i < rows.length; i++) {
        if (rows[i] == null) {
          throw new InvalidInputException(
              String.format(
                  Locale.ROOT, "feature '%s', row %d: found null, expected values", values, i));
        }
        ends[i + 1] = ends[i] + Array.getLength(rows[i]);
      }
      Object flat = Array.newInstance(type, ends[rows.length]);
      for (int i = 0; i < rows.length; i++) {
        System.arraycopy(rows[i], 0, flat, ends[i], ends[i + 1] - ends[i]);
        requireNoNull(values, i, rows[i]);
      }
      put(values, new FeatureValue(Shape.of(ends[rows.length]), flat, FeatureValue.ANY));
      return put(splits, new FeatureValue(Shape.of(ends.length), ends, rows.length));
    }

    private static void requireThere(String name, Object array) {
      if (array == null) {
        throw new InvalidInputException("feature '" + name + "': found null, expected values");
      }
    }

    private static void requireNoNull(String name, Object flat, long rows) {
      if (flat instanceof Object[] objects) {
        for (int i = 0; i < objects.length; i++) {
          if (objects[i] == null) {
            throw nullText(name, i / (objects.length / rows));
          }
        }
      }
    }

    private static void requireNoNull(String name, int row, Object values) {
      if (values instanceof Object[] objects && Arrays.asList(objects).contains(null)) {
        throw nullText(name, row);
      }
    }

    private static InvalidInputException nullText(String name, long row) {
      return new InvalidInputException(
          String.format(
              Locale.ROOT, "feature '%s', row %d: found null, expected a text", name, row));
    }

    private static String[] requireText(String name, String[] strings, long rows) {
      requireNoNull(name, strings, rows);
      return strings;
    }

    private Builder put(String name, FeatureValue value) {
      if (name == null) {
        throw new InvalidInputException("a feature's name is null, expected the name of an input");
      }
      if (values.putIfAbsent(name, value) != null) {
        throw new InvalidInputException("feature '" + name + "' is given twice");
      }
      return this;
    }

    /** The features so far. */
    public Features build() {
      return new Features(ImmutableMap.copyOf(values));
    }
  }
}
