package io.scenerank.serve.raw;

import com.google.common.base.Strings;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Days and moments that are texts, as {@code prepare} reads them: seconds since 1970-01-01. */
final class Moments {
  private static final Pattern DAY = Pattern.compile("([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})");
  private static final Pattern MOMENT =
      Pattern.compile(
          "([0-9]{4})([-/])([0-9]{1,2})\\2([0-9]{1,2})"
              + "([T ]([0-9]{1,2}):([0-9]{2})(:([0-9]{2})([.]([0-9]+))?)?"
              + "( UTC| GMT| ?Z| ?([+-])([0-9]{2})(:?([0-9]{2}))?)?)?");

  private static final long DAY_SECONDS = 86_400;
  private static final long HOUR_SECONDS = 3_600;
  private static final long MINUTE_SECONDS = 60;
  private static final long HOURS = 24;
  private static final int MICRO_DIGITS = 6;
  private static final long MICROS = 1_000_000;

  private Moments() {}

  /** The seconds of a day; empty if the text is none. */
  static OptionalDouble day(String text) {
    Matcher day = DAY.matcher(text);
    return day.matches()
        ? seconds(day.group(1), day.group(2), day.group(3))
        : OptionalDouble.empty();
  }

  /** The seconds of a moment, or of the beginning of a day; empty if the text is neither. */
  static OptionalDouble moment(String text) {
    Matcher moment = MOMENT.matcher(text);
    if (!moment.matches()) {
      return OptionalDouble.empty();
    }
    OptionalDouble day = seconds(moment.group(1), moment.group(3), moment.group(4));
    if (day.isEmpty() || moment.group(5) == null) {
      return day;
    }
    long hour = number(moment.group(6));
    long minute = number(moment.group(7));
    long second = number(moment.group(9));
    long micros = micros(moment.group(11));
    boolean midnight = hour == HOURS && minute == 0 && second == 0 && micros == 0;
    long offset =
        number(moment.group(14)) * HOUR_SECONDS + number(moment.group(16)) * MINUTE_SECONDS;
    // DuckDB takes no zone behind a clock without seconds.
    if (moment.group(8) == null && moment.group(12) != null) {
      return OptionalDouble.empty();
    }
    if ((hour >= HOURS && !midnight) || minute >= MINUTE_SECONDS || second >= MINUTE_SECONDS) {
      return OptionalDouble.empty();
    }
    long seconds =
        (long) day.getAsDouble()
            + hour * HOUR_SECONDS
            + minute * MINUTE_SECONDS
            + second
            - ("-".equals(moment.group(13)) ? -offset : offset);
    return OptionalDouble.of((double) (seconds * MICROS + micros) / MICROS);
  }

  private static OptionalDouble seconds(String year, String month, String day) {
    try {
      return OptionalDouble.of(
          (double)
                  LocalDate.of((int) number(year), (int) number(month), (int) number(day))
                      .toEpochDay()
              * DAY_SECONDS);
    } catch (DateTimeException e) {
      return OptionalDouble.empty();
    }
  }

  private static long number(@Nullable String digits) {
    return digits == null ? 0 : Long.parseLong(digits);
  }

  /** Digits behind the sixth one are cut off. */
  private static long micros(@Nullable String digits) {
    return digits == null
        ? 0
        : Long.parseLong(Strings.padEnd(digits, MICRO_DIGITS, '0').substring(0, MICRO_DIGITS));
  }
}
