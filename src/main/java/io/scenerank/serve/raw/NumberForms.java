package io.scenerank.serve.raw;

import com.google.common.base.Ascii;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.OptionalDouble;

/** Numbers and their texts, as DuckDB reads and writes a DOUBLE. */
final class NumberForms {
  /** The largest digits before the point of a number whose digits are all kept. */
  private static final int MOST_DIGITS = 15;

  /** From this power of ten on, and below the other one, numbers are written with an exponent. */
  private static final int LARGE = 16;

  private static final int SMALL = -4;

  private NumberForms() {}

  /**
   * The number that a text is; empty where it is none. As DuckDB casts it: a plus may be in front
   * of a minus, and single underscores between digits.
   */
  static OptionalDouble parse(String text) {
    int start = isAt(text, 0, '+') ? 1 : 0;
    int digits = isAt(text, start, '-') ? start + 1 : start;
    if (isDecimal(text, digits)) {
      String number = start == 0 ? text : text.substring(start);
      return OptionalDouble.of(
          Double.parseDouble(number.indexOf('_') < 0 ? number : number.replace("_", "")));
    }
    return word(text.substring(digits), digits > start);
  }

  private static OptionalDouble word(String word, boolean negative) {
    if (Ascii.equalsIgnoreCase(word, "inf") || Ascii.equalsIgnoreCase(word, "infinity")) {
      return OptionalDouble.of(negative ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY);
    }
    return Ascii.equalsIgnoreCase(word, "nan")
        ? OptionalDouble.of(Double.NaN)
        : OptionalDouble.empty();
  }

  private static boolean isAt(String text, int place, char c) {
    return place < text.length() && text.charAt(place) == c;
  }

  /** Whether a text is digits, perhaps with a point and an exponent: Java's parser takes more. */
  private static boolean isDecimal(String text, int start) {
    int i = digits(text, start);
    boolean some = i > start;
    if (isAt(text, i, '.')) {
      int end = digits(text, i + 1);
      some |= end > i + 1;
      i = end;
    }
    if (!some) {
      return false;
    }
    if (isAt(text, i, 'e') || isAt(text, i, 'E')) {
      int exponent = isAt(text, i + 1, '+') || isAt(text, i + 1, '-') ? i + 2 : i + 1;
      i = digits(text, exponent);
      return i > exponent && i == text.length();
    }
    return i == text.length();
  }

  /** The end of the digits from a place on. */
  private static int digits(String text, int start) {
    int i = start;
    while (i < text.length()
        && (TextForms.isDigit(text.charAt(i))
            || (text.charAt(i) == '_'
                && i > start
                && TextForms.isDigit(text.charAt(i - 1))
                && i + 1 < text.length()
                && TextForms.isDigit(text.charAt(i + 1))))) {
      i++;
    }
    return i;
  }

  /**
   * Whether a text is of those that made {@code prepare} take a column for one of numbers: without
   * zeros in front, and with so few digits that none gets lost.
   *
   * @param text a text that {@link #parse} takes
   */
  static boolean isOfNumbers(String text) {
    int start = isAt(text, 0, '+') || isAt(text, 0, '-') ? 1 : 0;
    if (isAt(text, start, '-') || text.indexOf('_') >= 0) {
      return false;
    }
    if (start == 1 && Ascii.equalsIgnoreCase(text.substring(1), "nan")) {
      return false;
    }
    int whole = digits(text, start) - start;
    return whole <= 1 || (whole <= MOST_DIGITS && text.charAt(start) != '0');
  }

  /** The shortest text of a number that is read as the same number, as DuckDB writes it. */
  static String text(double number) {
    if (Double.isNaN(number)) {
      return "nan";
    }
    if (Double.isInfinite(number)) {
      return number < 0 ? "-inf" : "inf";
    }
    if (number == 0) {
      return 1 / number < 0 ? "-0.0" : "0.0";
    }
    BigDecimal shortest = shortest(number);
    String digits = shortest.unscaledValue().abs().toString();
    int exponent = digits.length() - 1 - shortest.scale();
    String sign = number < 0 ? "-" : "";
    return sign
        + (exponent >= LARGE || exponent < SMALL
            ? scientific(digits, exponent)
            : plain(shortest.abs()));
  }

  private static String scientific(String digits, int exponent) {
    String fraction = digits.length() == 1 ? "" : "." + digits.substring(1);
    return digits.charAt(0)
        + fraction
        + String.format(Locale.ROOT, "e%s%02d", exponent < 0 ? "-" : "+", Math.abs(exponent));
  }

  private static String plain(BigDecimal number) {
    String text = number.toPlainString();
    return text.indexOf('.') < 0 ? text + ".0" : text;
  }

  /** Java before version 19 writes some numbers with a digit more than they need. */
  private static BigDecimal shortest(double number) {
    BigDecimal best = new BigDecimal(Double.toString(number)).stripTrailingZeros();
    BigDecimal exact = new BigDecimal(number);
    for (int digits = best.precision() - 1; digits > 0; digits--) {
      BigDecimal shorter = exact.round(new MathContext(digits, RoundingMode.HALF_EVEN));
      if (shorter.doubleValue() != number) {
        return best;
      }
      best = shorter.stripTrailingZeros();
    }
    return best;
  }
}
