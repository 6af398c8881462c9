package io.scenerank.data.prepare;

import com.google.common.collect.ImmutableList;
import java.util.stream.Stream;

/**
 * A form that texts may have.
 *
 * @param format its name in a description; empty for what no format reads
 * @param what what values of the form are called
 */
record FormTest(String format, String what) {
  /** Lists in lists. */
  static final FormTest NESTED = new FormTest("", "lists of lists or of objects");

  /** Numbers with a unit. */
  static final FormTest UNITS = new FormTest("units", "numbers with a unit or a currency");

  static final FormTest YEAR_FIRST = of(TimeFormat.YEAR_FIRST, "times");
  static final FormTest MONTH_FIRST = of(TimeFormat.MONTH_FIRST, "times with the month first");
  static final FormTest DAY_FIRST = of(TimeFormat.DAY_FIRST, "times with the day first");
  static final FormTest COMPACT = of(TimeFormat.COMPACT, "times");
  static final FormTest GROUPED = of(NumberFormat.GROUPED, "numbers such as 1,234");
  static final FormTest DECIMAL_COMMA = of(NumberFormat.DECIMAL_COMMA, "numbers such as 3,14");
  static final FormTest LIST = of(ListFormat.LIST, "lists in brackets");
  static final FormTest SPACED_LIST = of(ListFormat.SPACED_LIST, "lists in brackets");
  static final FormTest VECTOR = of(ListFormat.VECTOR, "numbers in a row");

  private static final ImmutableList<FormTest> DAYS =
      ImmutableList.of(YEAR_FIRST, MONTH_FIRST, DAY_FIRST);

  /** With names of months, as logs write them. */
  private static final ImmutableList<String> PATTERNS =
      ImmutableList.of(
          "%d/%b/%Y:%H:%M:%S %z",
          "%d-%b-%Y",
          "%d-%b-%Y %H:%M:%S",
          "%d-%b-%y",
          "%d %b %Y",
          "%d %b %Y %H:%M:%S",
          "%d %B %Y",
          "%b %d, %Y",
          "%b %d, %Y %I:%M:%S %p",
          "%B %d, %Y",
          "%a %b %d %H:%M:%S %Y",
          "%a %b %d %H:%M:%S %z %Y",
          "%a, %d %b %Y %H:%M:%S %z",
          "%Y%m%d %H:%M:%S",
          "%Y-%m-%d_%H:%M:%S",
          "%Y-%m-%d-%H",
          "%Y-%m-%d %H");

  private static FormTest of(Enum<?> format, String what) {
    return new FormTest(ValueFormat.of(format).name(), what);
  }

  /** All forms that are looked for. */
  static ImmutableList<FormTest> all() {
    return Stream.concat(
            Stream.of(
                YEAR_FIRST,
                MONTH_FIRST,
                DAY_FIRST,
                COMPACT,
                GROUPED,
                DECIMAL_COMMA,
                NESTED,
                LIST,
                SPACED_LIST,
                VECTOR,
                UNITS),
            PATTERNS.stream().map(pattern -> new FormTest(pattern, "times")))
        .collect(ImmutableList.toImmutableList());
  }

  /** Whether it is a time by a pattern of names. */
  boolean isPattern() {
    return format.contains("%");
  }

  /**
   * Whether a text may have the form, in SQL that is short: to plan what says it for certain takes
   * longer than to look at thousands of texts.
   */
  String mayFit(String text) {
    if (DAYS.contains(this)) {
      return "regexp_matches(" + text + ", '^[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]')";
    }
    return equals(LIST) || equals(SPACED_LIST)
        ? "regexp_matches(" + text + ", '[\\[({]|\\\\u')"
        : "true";
  }

  /** Whether a text has the form, in SQL. */
  String fits(String text) {
    if (equals(NESTED)) {
      return ListFormat.isNested(text);
    }
    return equals(UNITS)
        ? String.format(
            "regexp_full_match(%s, '[-+]?[$€£¥] ?[0-9][0-9.,]*|[-+]?[0-9][0-9.,]* ?[%%€$£¥]|[-+]?[0-9][0-9.,]* [a-zA-Z]{1,3}')",
            text)
        : "(" + new ValueFormat(format).of(text) + ") IS NOT NULL";
  }
}
