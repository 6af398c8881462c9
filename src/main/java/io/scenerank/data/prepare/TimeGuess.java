package io.scenerank.data.prepare;

import com.google.common.collect.ImmutableSet;

/** Guesses which columns are times of rows. */
final class TimeGuess {
  private static final ImmutableSet<String> TIMES =
      NameSet.of(
          "timestamp time ts time_ms datetime date event_time event_date unix_timestamp log_time",
          "impression_time request_time created_at dt day");

  private static final ImmutableSet<String> WORDS =
      NameSet.of(
          "timestamp time ts datetime date dt day hour minute moment when at stamp epoch unixtime",
          "unix utc eventtime showtime clicktime logtime timems times tm 时间 日期 时间戳 datum zeit");

  // Words that no duration has in its name.
  private static final ImmutableSet<String> CERTAIN =
      NameSet.of("timestamp ts datetime unixtime stamp 时间戳");

  // Days and moments of a user's or an item's life, which a model may know.
  private static final ImmutableSet<String> ATTRIBUTES =
      NameSet.of(
          "join joined register registered registration signup birth birthday birthdate born",
          "publish published publication pub release released upload uploaded launch launched",
          "start end expire expires expiry expiration valid open opened opening first last update",
          "updated modified creation since hire hired");

  // In whole months, days or hours: 202205, 20220501, 2022050112, and on to seconds.
  private static final double[][] COMPACT = {
    {19700101, 21001231},
    {1970010100, 2100123123L},
    {197001010000L, 210012312359L},
    {19700101000000L, 21001231235959L}
  };
  // Since 1970 in seconds, milli-, micro- and nanoseconds: of 1990 to 2040.
  private static final double FIRST = 6.3e8;
  private static final double LAST = 2.2e9;
  private static final int SCALES = 4;

  // 14102100 is hour 0 of 21 October 2014, 1010100 of 1 January 2001.
  private static final double FIRST_SHORT_HOUR = 1010100;
  private static final double LAST_SHORT_HOUR = 99123124;
  private static final int FEW = 20;

  private TimeGuess() {}

  /** How sure it is that a column is the time of a row. */
  enum Kind {
    /** It has the name of a time. */
    NAMED,
    /** Its values are those of one. */
    LIKELY,
    /** It looks like one, but cannot be put into an order. */
    NOT_UNDERSTOOD,
    /** It is none. */
    NONE
  }

  /** Whether a name is one of a time. */
  static boolean isNamed(NameWords name) {
    return name.hasAny(WORDS);
  }

  static Kind of(ColumnFacts column) {
    if (column.name().hasAny(ATTRIBUTES) && !TIMES.contains(column.name().joined())) {
      return column.clock() ? Kind.NOT_UNDERSTOOD : Kind.NONE;
    }
    boolean named = isNamed(column.name());
    return switch (column.profile().kind()) {
      case DATE, TIMESTAMP -> named ? Kind.NAMED : Kind.LIKELY;
      case INTEGER, NUMBER -> number(column, named);
      case TEXT ->
          column.clock() || (named && column.profile().distinct() > FEW)
              ? Kind.NOT_UNDERSTOOD
              : Kind.NONE;
      case BOOLEAN, LIST, VECTOR, NESTED -> Kind.NONE;
    };
  }

  private static Kind number(ColumnFacts column, boolean named) {
    ColumnProfile profile = column.profile();
    if (named && (isMoment(profile) || isCompact(profile) || isShortHour(column))) {
      return Kind.NAMED;
    }
    if (TIMES.contains(column.name().joined()) || column.name().hasAny(CERTAIN)) {
      return Kind.NAMED;
    }
    boolean many = profile.distinct() > FEW;
    return many && isMoment(profile) && !column.name().words().contains("id")
        ? Kind.LIKELY
        : Kind.NONE;
  }

  private static boolean isMoment(ColumnProfile profile) {
    double scale = 1;
    for (int i = 0; i < SCALES; i++) {
      if (profile.min() >= FIRST * scale && profile.max() <= LAST * scale) {
        return true;
      }
      scale *= 1000;
    }
    return false;
  }

  private static boolean isCompact(ColumnProfile profile) {
    for (double[] range : COMPACT) {
      if (profile.min() >= range[0] && profile.max() <= range[1]) {
        return true;
      }
    }
    return false;
  }

  private static boolean isShortHour(ColumnFacts column) {
    return column.name().words().contains("hour")
        && column.profile().min() >= FIRST_SHORT_HOUR
        && column.profile().max() <= LAST_SHORT_HOUR;
  }
}
