package io.scenerank.run.rows;

import io.scenerank.config.InvalidInputException;
import io.scenerank.serve.Ranker.InputSpec;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Pattern;
import org.tensorflow.proto.DataType;

/**
 * One value of a file, as the type of the input that it is for; nothing is rounded to an integer,
 * and nothing becomes infinite.
 *
 * @param file names the file in messages
 */
record TypedValue(Path file, InputSpec input) {
  private static final Pattern NUMBER =
      Pattern.compile("[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?");
  private static final Pattern NOT_FINITE =
      Pattern.compile("([+-]?)(nan|inf|infinity)", Pattern.CASE_INSENSITIVE);
  private static final Pattern TRUE = Pattern.compile("(?i)true|t|yes|y|1");
  private static final Pattern FALSE = Pattern.compile("(?i)false|f|no|n|0");

  /**
   * @param value a text of a CSV file, or what a Parquet file holds
   * @return a Long, Float, Double, Boolean, String or byte[]
   * @throws InvalidInputException naming column and row, if it is not a value of the type
   */
  Object of(Object value, long row) {
    if (value instanceof String text && input.dataType() != DataType.DT_STRING) {
      return ofText(text.strip(), row);
    }
    if (value instanceof Double number && isOfFloats()) {
      return toFloat(number, number.floatValue(), number, row);
    }
    return value;
  }

  private boolean isOfFloats() {
    return input.takesFloats() && input.dataType() != DataType.DT_DOUBLE;
  }

  private Object ofText(String text, long row) {
    if (input.dataType() == DataType.DT_BOOL) {
      if (!TRUE.matcher(text).matches() && !FALSE.matcher(text).matches()) {
        throw refusal(text, "true or false", row);
      }
      return TRUE.matcher(text).matches();
    }
    if (isOfFloats() || input.dataType() == DataType.DT_DOUBLE) {
      double number = toDouble(text, row);
      if (input.dataType() == DataType.DT_DOUBLE) {
        return number;
      }
      return Double.isFinite(number)
          ? toFloat(number, Float.parseFloat(text), text, row)
          : (Object) (float) number;
    }
    return toLong(text, row);
  }

  private double toDouble(String text, long row) {
    if (NOT_FINITE.matcher(text).matches()) {
      boolean nan = text.toLowerCase(Locale.ROOT).endsWith("nan");
      double infinite = text.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
      return nan ? Double.NaN : infinite;
    }
    double number = NUMBER.matcher(text).matches() ? Double.parseDouble(text) : Double.NaN;
    if (!Double.isFinite(number)) {
      throw refusal(text, Double.isNaN(number) ? "a number" : "a number within float64", row);
    }
    return number;
  }

  private float toFloat(double number, float rounded, Object found, long row) {
    if (Double.isFinite(number) && Float.isInfinite(rounded)) {
      throw refusal(found, "a number within float32", row);
    }
    return rounded;
  }

  private long toLong(String text, long row) {
    if (!NUMBER.matcher(text).matches()) {
      throw refusal(text, "an integer", row);
    }
    try {
      return new BigDecimal(text).longValueExact();
    } catch (ArithmeticException e) {
      throw refusal(text, "an integer within int64", row);
    }
  }

  private InvalidInputException refusal(Object found, String expected, long row) {
    return new InvalidInputException(
        String.format(
            Locale.ROOT,
            "%s: column '%s', row %d: found '%s', expected %s",
            file,
            input.name(),
            row,
            found,
            expected));
  }
}
