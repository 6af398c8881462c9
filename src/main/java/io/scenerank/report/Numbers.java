package io.scenerank.report;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Numbers as a person reads them. */
final class Numbers {
  private Numbers() {}

  /** A place in a drawing, with two decimals at most. */
  static String coordinate(double value) {
    return plain(value, 2);
  }

  /** A number with at most this many decimals, without trailing zeros. */
  static String plain(double value, int decimals) {
    String text = String.format(Locale.ROOT, "%." + decimals + "f", value);
    if (text.contains(".")) {
      text = text.replaceAll("0+$", "").replaceAll("\\.$", "");
    }
    return text.equals("-0") ? "0" : text;
  }

  /** A number with this many decimals, or a dash if there is none. */
  static String fixed(@Nullable Double value, int decimals) {
    return value == null || !Double.isFinite(value)
        ? "–"
        : String.format(Locale.ROOT, "%." + decimals + "f", value);
  }

  /** A whole number in groups of three. */
  static String count(double value) {
    return String.format(Locale.ROOT, "%,.0f", value);
  }

  /** A number in about three digits: {@code 0.0042}, {@code 12.3}, {@code 45,600}, {@code 1.2M}. */
  static String brief(double value) {
    double size = Math.abs(value);
    if (size == 0) {
      return "0";
    }
    if (size >= 1e6) {
      return plain(value / 1e6, 1) + "M";
    }
    if (size >= 1000) {
      return count(value);
    }
    if (size < 1e-4) {
      return String.format(Locale.ROOT, "%.1e", value);
    }
    int digits = (int) Math.floor(Math.log10(size));
    return plain(value, Math.max(0, 2 - digits));
  }

  /** A span of time. */
  static String duration(double seconds) {
    if (seconds < 60) {
      return plain(seconds, 1) + " s";
    }
    long whole = Math.round(seconds);
    return whole < 3600
        ? String.format(Locale.ROOT, "%d min %d s", whole / 60, whole % 60)
        : String.format(Locale.ROOT, "%d h %d min", whole / 3600, whole / 60 % 60);
  }
}
