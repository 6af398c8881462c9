package io.scenerank.data.prepare;

import io.scenerank.data.DuckDb;
import java.util.Locale;

/** Forms of times besides those that are recognised by themselves, in SQL. */
enum TimeFormat {
  /** The year first, with dots, or with AM and PM. */
  YEAR_FIRST("year, month, day, such as 2022.05.31 or 2022-05-31 1:30 PM"),
  /** The month first. */
  MONTH_FIRST("month, day, year, such as 05/31/2022 13:30 or 5/31/22 1:30 PM"),
  /** The day first. */
  DAY_FIRST("day, month, year, such as 31.05.2022 13:30 or 31/5/22 1:30 PM"),
  /** Digits alone. */
  COMPACT("20220531, 2022053113, 202205311330 or 20220531133000"),
  /** Seconds since 1970. */
  EPOCH_S("seconds since 1970, such as 1653955200 or 1653955200.25"),
  /** Milliseconds since 1970. */
  EPOCH_MS("milliseconds since 1970, such as 1653955200000 or 1.6539552e12"),
  /** Microseconds since 1970. */
  EPOCH_US("microseconds since 1970, such as 1653955200000000"),
  /** Nanoseconds since 1970. */
  EPOCH_NS("nanoseconds since 1970, such as 1653955200000000000");

  private static final String TWO = "([0-9]{1,2})";
  private static final String BREAK = "[-/.]";
  private static final String HALF = "' ?([AaPp])[.]?[Mm][.]?$'";
  private static final long LAST = 253_402_300_799_999_999L; // microseconds: the end of 9999

  private final String example;

  TimeFormat(String example) {
    this.example = example;
  }

  /** What messages say is expected. */
  String example() {
    return example;
  }

  /** Whether numbers may be in this form, and not texts alone. */
  boolean ofNumbers() {
    return compareTo(COMPACT) >= 0;
  }

  /** The moment as a TIMESTAMP in UTC; NULL where a text has another form. */
  String of(String text) {
    return switch (this) {
      case YEAR_FIRST -> written(text, "([0-9]{4})" + BREAK + TWO + BREAK + TWO, "\\1-\\2-\\3");
      case MONTH_FIRST -> lastYear(text, "\\1-\\2");
      case DAY_FIRST -> lastYear(text, "\\2-\\1");
      case COMPACT -> compact(text);
      case EPOCH_S -> epoch(text, "1000000");
      case EPOCH_MS -> epoch(text, "1000");
      case EPOCH_US -> epoch(text, "1");
      case EPOCH_NS -> epoch(text, "0.001");
    };
  }

  private static String lastYear(String text, String monthAndDay) {
    String days = TWO + BREAK + TWO + BREAK;
    return String.format(
        "CASE WHEN regexp_matches(%1$s, '^%2$s[0-9]{4}') THEN %3$s ELSE %4$s END",
        text,
        days,
        written(text, days + "([0-9]{4})", "\\3-" + monthAndDay),
        written(text, days + "([0-9]{2})", "20\\3-" + monthAndDay));
  }

  /**
   * A date and perhaps a time behind it.
   *
   * @param date a pattern
   * @param iso what becomes of it
   */
  private static String written(String text, String date, String iso) {
    String whole =
        String.format(
            "regexp_replace(%s, '^%s($|[T ,] *)', '%s ')", text, date.replace("'", "''"), iso);
    String plain = String.format("trim(regexp_replace(%s, %s, ''))", whole, HALF);
    String half = String.format("lower(regexp_extract(%s, %s, 1))", text, HALF);
    String moment =
        String.format("CASE WHEN %s THEN %s END", Instants.fits(plain), Instants.of(plain));
    // 12 AM is the hour 0, and 1 PM the hour 13.
    return String.format(
        "(CASE WHEN NOT regexp_matches(%1$s, '^%2$s($|[T ,])') THEN NULL WHEN %3$s = '' THEN %4$s"
            + " WHEN contains(%5$s, ':') AND hour(%4$s) BETWEEN 1 AND 12 THEN %4$s"
            + " + to_hours(CASE WHEN %3$s = 'p' AND hour(%4$s) < 12 THEN 12"
            + " WHEN %3$s = 'a' AND hour(%4$s) = 12 THEN -12 ELSE 0 END) END)",
        text, date, half, moment, plain);
  }

  private static String compact(String text) {
    String digits = String.format("regexp_replace(%s, '[.]0*$|T|Z$', '', 'g')", text);
    String pairs = "([0-9]{2})";
    String iso = "CASE length(" + digits + ")";
    String pattern = "([0-9]{4})" + pairs + pairs;
    String written = "\\1-\\2-\\3";
    for (int length = 8, group = 3; length <= 14; length += 2, group++) {
      iso +=
          String.format(
              Locale.ROOT,
              " WHEN %d THEN regexp_replace(%s, '^%s$', '%s')",
              length,
              digits,
              pattern,
              written + (length == 10 ? ":00" : ""));
      pattern += pairs;
      written += (group == 3 ? " " : ":") + "\\" + (group + 1);
    }
    return String.format(
        "CASE WHEN regexp_full_match(%1$s, '[0-9]{8}(T?[0-9]{2}){0,3}Z?([.]0*)?') THEN"
            + " TRY_CAST(%2$s END AS TIMESTAMP) END",
        text, iso);
  }

  private static String epoch(String text, String factor) {
    String micros =
        String.format(
            "round(TRY_CAST(%s AS DECIMAL(38,9)) * CAST(%s AS DECIMAL(10,3)))", text, factor);
    return String.format(
        Locale.ROOT,
        "CASE WHEN abs(%1$s) <= %2$d THEN make_timestamp(CAST(%1$s AS BIGINT)) END",
        micros,
        LAST);
  }

  /** The moment that DuckDB's {@code strptime} makes of a text by a pattern of its own. */
  static String byPattern(String text, String pattern) {
    return String.format("CAST(try_strptime(%s, %s) AS TIMESTAMP)", text, DuckDb.text(pattern));
  }
}
