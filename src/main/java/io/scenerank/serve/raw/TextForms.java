package io.scenerank.serve.raw;

import com.google.common.base.Ascii;
import io.scenerank.feature.RawEncoding.RawFeature.Spelling;
import org.jspecify.annotations.Nullable;

/** What becomes of a text before it is looked up, as {@code prepare} has it of DuckDB. */
final class TextForms {
  private TextForms() {}

  /**
   * A text in one line without blanks at its ends; null where nothing is left. Most texts come back
   * as they are.
   */
  static @Nullable String clean(String text) {
    return trim(inOneLine(text));
  }

  private static String inOneLine(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (isBreak(text.charAt(i))) {
        return text.replace('\t', ' ').replace('\n', ' ').replace('\r', ' ');
      }
    }
    return text;
  }

  private static boolean isBreak(char c) {
    return c <= '\r' && (c == '\t' || c == '\n' || c == '\r');
  }

  /** A text without blanks at its ends; null where nothing is left. */
  static @Nullable String trim(String text) {
    int start = 0;
    int end = text.length();
    while (start < end && isBlank(text.charAt(start))) {
      start++;
    }
    while (end > start && isBlank(text.charAt(end - 1))) {
      end--;
    }
    return start == end ? null : text.substring(start, end);
  }

  /** Unicode's spaces, category Zs: what DuckDB's trim() cuts off, and no more. */
  private static boolean isBlank(char c) {
    return c == ' ' || (c > '\u007f' && Character.getType(c) == Character.SPACE_SEPARATOR);
  }

  /** A text in the spelling of its kind; null where it is missing. */
  static @Nullable String spell(String text, Spelling spelling) {
    return switch (spelling) {
      case AS_WRITTEN -> text;
      case INTEGER -> integer(text);
      case BOOLEAN -> truth(text);
    };
  }

  /** {@code 12.0} and {@code 12.} are {@code 12}; {@code 012.0} is not an integer and remains. */
  private static String integer(String text) {
    int point = text.indexOf('.');
    return point < 0 || !isWhole(text, point) || !isZeros(text, point + 1)
        ? text
        : text.substring(0, point);
  }

  /** Whether a text up to a place is 0, or a minus and digits that do not begin with 0. */
  private static boolean isWhole(String text, int end) {
    int start = end > 0 && text.charAt(0) == '-' ? 1 : 0;
    if (end == 1 && text.charAt(0) == '0') {
      return true;
    }
    if (start == end || text.charAt(start) == '0') {
      return false;
    }
    for (int i = start; i < end; i++) {
      if (!isDigit(text.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isZeros(String text, int start) {
    for (int i = start; i < text.length(); i++) {
      if (text.charAt(i) != '0') {
        return false;
      }
    }
    return true;
  }

  static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static @Nullable String truth(String text) {
    if (Ascii.equalsIgnoreCase(text, "true")) {
      return "true";
    }
    if (Ascii.equalsIgnoreCase(text, "false")) {
      return "false";
    }
    return text.equals("nan") ? null : text;
  }
}
