package io.scenerank.keras;

import io.scenerank.config.InvalidInputException;
import io.scenerank.variable.FloatTensor;
import java.util.Arrays;
import java.util.Locale;
import org.tensorflow.ndarray.Shape;

/**
 * A variable in a file of weights, not read yet.
 *
 * @param key where the file has it
 * @param dtype type of its values, as numpy calls it: float32, int64, …
 * @param shape all dimensions known
 * @param values reads the values, row by row
 */
public record StoredVariable(String key, String dtype, Shape shape, Values values) {

  /** Reads the values of a variable. */
  public interface Values {
    /** Values of a float type, rounded to float32. */
    float[] floats();

    /** Values of an integer type. */
    long[] integers();

    /** Values that are texts. */
    default String[] texts() {
      throw new InvalidInputException("no texts");
    }
  }

  private static final String TEXT = "String";

  /** Values in memory. */
  private record Loaded(float[] floats, long[] integers, String[] texts) implements Values {}

  /** The same variable with its values in memory, for when its file is closed. */
  public StoredVariable loaded() {
    Loaded values =
        dtype.equals(TEXT)
            ? new Loaded(new float[0], new long[0], values().texts())
            : isFloat()
                ? new Loaded(values().floats(), new long[0], new String[0])
                : new Loaded(values().floats(), values().integers(), new String[0]);
    return new StoredVariable(key, dtype, shape, values);
  }

  /** Whether its values are texts. */
  public boolean isText() {
    return dtype.equals(TEXT);
  }

  /** The values as floats, of any numeric type, finite or not. */
  public FloatTensor numbers() {
    return new FloatTensor(shape, values.floats());
  }

  /** Whether its values are of a float type. */
  public boolean isFloat() {
    return dtype.startsWith("float") || dtype.equals("bfloat16");
  }

  /** Whether the values are float32, so that nothing is lost or gained by reading them. */
  boolean isFloat32() {
    return dtype.equals("float32");
  }

  /**
   * @throws InvalidInputException naming the variable if it is not a float, or not finite
   */
  FloatTensor read(String where) {
    if (!isFloat()) {
      throw new InvalidInputException(
          String.format("%s: variable '%s' is %s, expected float32", where, key, dtype));
    }
    float[] floats = values.floats();
    for (int i = 0; i < floats.length; i++) {
      if (!Float.isFinite(floats[i])) {
        throw new InvalidInputException(
            String.format(
                Locale.ROOT,
                "%s: variable '%s' holds %s at %d, expected finite numbers",
                where,
                key,
                floats[i],
                i));
      }
    }
    return new FloatTensor(shape, floats);
  }

  /**
   * The one value of a scalar of an integer type.
   *
   * @throws InvalidInputException naming the variable if it is another
   */
  long readLong(String where) {
    if (isFloat() || shape.size() != 1) {
      throw new InvalidInputException(
          String.format(
              "%s: variable '%s' is %s %s, expected one integer",
              where, key, dtype, Arrays.toString(shape.asArray())));
    }
    return values.integers()[0];
  }

  /**
   * Some rows of this variable, as a variable of its own.
   *
   * @param from first row
   * @param to row after the last
   */
  StoredVariable rows(long from, long to) {
    long[] sizes = shape.asArray();
    sizes[0] = to - from;
    return new StoredVariable(
        key + "[" + from + ":" + to + "]",
        dtype,
        Shape.of(sizes),
        new Rows(this, elements(from), elements(to)));
  }

  /** Number of values in the first rows. */
  private int elements(long rows) {
    return Math.toIntExact(shape.size() / shape.get(0) * rows);
  }

  /** The variable whose rows this one is, or itself. */
  StoredVariable whole() {
    return values instanceof Rows rows ? rows.whole() : this;
  }

  /** Values of another variable, from {@code begin} to before {@code end}. */
  private record Rows(StoredVariable whole, int begin, int end) implements Values {
    @Override
    public float[] floats() {
      return Arrays.copyOfRange(whole.values().floats(), begin, end);
    }

    @Override
    public long[] integers() {
      return Arrays.copyOfRange(whole.values().integers(), begin, end);
    }
  }
}
