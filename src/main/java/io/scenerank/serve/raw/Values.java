package io.scenerank.serve.raw;

import com.google.common.primitives.Booleans;
import com.google.common.primitives.Doubles;
import com.google.common.primitives.Floats;
import com.google.common.primitives.Ints;
import com.google.common.primitives.Longs;
import io.scenerank.feature.RawEncoding.RawFeature.Spelling;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The values that rows hold: texts, numbers, true and false, and lists of them. */
final class Values {
  private static final double LONG_END = 0x1p63;

  /** Characters of a text that a message shows. */
  private static final int LONGEST = 60;

  private Values() {}

  /** The elements of a list or an array; null where a value is neither. */
  static @Nullable List<?> list(Object value) {
    if (value instanceof List<?> list) {
      return list;
    }
    if (!value.getClass().isArray()) {
      return null;
    }
    if (value instanceof int[] ints) {
      return Ints.asList(ints);
    }
    if (value instanceof long[] longs) {
      return Longs.asList(longs);
    }
    if (value instanceof float[] floats) {
      return Floats.asList(floats);
    }
    if (value instanceof double[] doubles) {
      return Doubles.asList(doubles);
    }
    if (value instanceof boolean[] booleans) {
      return Booleans.asList(booleans);
    }
    return value instanceof Object[] objects ? Arrays.asList(objects) : null;
  }

  /** Whether a value is a text, a number, or true or false. */
  static boolean isSingle(Object value) {
    return value instanceof CharSequence
        || value instanceof Number
        || value instanceof Boolean
        || value instanceof Character;
  }

  /**
   * The text of a value that is not a text, as a vocabulary holds it; null where it is missing.
   *
   * @param value a number, or true or false
   */
  static @Nullable String spell(Object value, Spelling spelling) {
    if (isInteger(value)) {
      String text = value.toString();
      // DuckDB casts 1 and 0 to true and false.
      return spelling == Spelling.BOOLEAN && (text.equals("1") || text.equals("0"))
          ? String.valueOf(text.equals("1"))
          : text;
    }
    if (value instanceof Number number) {
      double real = number.doubleValue();
      return Double.isNaN(real) ? null : spell(real, spelling);
    }
    return value.toString();
  }

  private static String spell(double number, Spelling spelling) {
    return spelling == Spelling.INTEGER
            && number == Math.rint(number)
            && number >= -LONG_END
            && number < LONG_END
        ? Long.toString((long) number)
        : NumberForms.text(number);
  }

  /** Whether a value is of a type of integers. */
  static boolean isInteger(Object value) {
    return value instanceof Integer
        || value instanceof Long
        || value instanceof Short
        || value instanceof Byte
        || value instanceof BigInteger
        || (value instanceof BigDecimal decimal && decimal.scale() == 0);
  }

  /** The text that a file would have of a value, before it is brought into a spelling. */
  static String written(Object value) {
    return value instanceof Number number && !isInteger(value)
        ? NumberForms.text(number.doubleValue())
        : value.toString();
  }

  /** A value for a message. */
  static String shown(@Nullable Object value) {
    if (value == null) {
      return "nothing";
    }
    if (value instanceof Number || value instanceof Boolean) {
      return value.toString();
    }
    if (isSingle(value)) {
      return "'" + shortened(value.toString()) + "'";
    }
    return list(value) == null ? "a " + value.getClass().getSimpleName() : "a list";
  }

  private static String shortened(String text) {
    String line = text.replace('\n', ' ').replace('\r', ' ').replace('\t', ' ');
    return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "…";
  }
}
