package io.scenerank.data.prepare;

import io.scenerank.config.InvalidInputException;
import io.scenerank.data.DuckDb;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.Locale;
import java.util.Optional;

/**
 * The clock that tells when a value was last seen: the column by which the rows are split by time;
 * where they are split otherwise, the day that the command names or else the number of the
 * generation. In SQL.
 *
 * @param type DuckDB's type of the times
 * @param kept the time of a raw row, which is kept with its values; empty where all rows of a data
 *     set have one time
 * @param day that time; empty where it is the generation
 * @param generation how many data sets were extended until this one
 */
record SeenClock(String type, Optional<String> kept, Optional<LocalDate> day, int generation) {
  /** The time of a row among the values of its features. */
  static final String SEEN = "__seen";

  private static final String DATE = "DATE";
  private static final String GENERATION = "INTEGER";

  /**
   * The clock of a data set.
   *
   * @param day of all rows; only for rows that are not split by time
   * @throws InvalidInputException if the rows have their own time and a day is given, or if values
   *     lose their ids after a period that the clock does not know
   */
  static SeenClock of(
      Description description, Expressions expressions, int generation, Optional<LocalDate> day)
      throws SQLException {
    SeenClock clock = of(description.split(), expressions, generation, day);
    for (VocabularyRule rule : VocabularyRule.of(description)) {
      clock.require(rule.eviction(), expressions.label(), description.split());
    }
    return clock;
  }

  private static SeenClock of(
      SplitDescription split, Expressions expressions, int generation, Optional<LocalDate> day)
      throws SQLException {
    if (split.by() == SplitDescription.By.TIME) {
      if (day.isPresent()) {
        throw new InvalidInputException(
            String.format(
                "day (--day) is %s, but the column '%s' of the split tells the time of each row;"
                    + " expected none",
                day.get(), split.column()));
      }
      String what = "split: column '" + split.column() + "'";
      String type = StagedType.of(expressions.type(what, split.column())).type();
      String sql = String.format("TRY_CAST(%s AS %s)", Expressions.inSql(split.column()), type);
      return new SeenClock(type, Optional.of(sql), Optional.empty(), generation);
    }
    return new SeenClock(day.isPresent() ? DATE : GENERATION, Optional.empty(), day, generation);
  }

  /** The time of a row, as a further column of its values: SQL that ends in a comma, or empty. */
  String column() {
    return kept.map(sql -> sql + " AS " + SEEN + ", ").orElse("");
  }

  /** The time of a row among its values. */
  String seen() {
    return kept.isPresent() ? SEEN : constant();
  }

  /** The time of all rows. */
  private String constant() {
    return String.format(
        "CAST('%s' AS %s)", day.map(LocalDate::toString).orElse("" + generation), type);
  }

  /**
   * The time in an earlier vocabulary as one of this clock. Where the earlier generations were
   * numbered and this one has a day, each of them is a day.
   *
   * @param stored type of the earlier times; empty where there are none
   * @param file of the vocabulary, for a message
   * @throws InvalidInputException if the earlier data sets have days and this one has none
   */
  String before(Optional<String> stored, String column, String file) {
    if (stored.isEmpty()) {
      return String.format("CAST(NULL AS %s)", type);
    }
    if (kept.isEmpty() && stored.get().equals(DATE) && type.equals(GENERATION)) {
      throw new InvalidInputException(
          file + ": its values were seen on days; name the day of the new rows (--day 2026-11-30)");
    }
    return kept.isEmpty() && stored.get().equals(GENERATION) && type.equals(DATE)
        ? String.format(Locale.ROOT, "(%s - (%d - %s))", seen(), generation, column)
        : String.format("TRY_CAST(%s AS %s)", column, type);
  }

  /**
   * Whether a time is not longer ago than a period; NULL where it is not known.
   *
   * @param now SQL of the newest time
   */
  String isSince(String time, String now, Eviction.Period period) {
    return switch (type) {
      case "DATE", "TIMESTAMP" ->
          String.format(
              Locale.ROOT,
              "CAST(%s AS TIMESTAMP) >= CAST(%s AS TIMESTAMP) - to_hours(%d)",
              time,
              now,
              period.hours());
      case GENERATION ->
          String.format(Locale.ROOT, "%s >= %s - %d / 24.0", time, now, period.hours());
      default ->
          String.format(Locale.ROOT, "%s >= %s - CAST(%d AS %s)", time, now, period.amount(), type);
    };
  }

  /** Numbers have no days, and days need a unit. */
  private void require(Eviction eviction, String label, SplitDescription split) {
    if (kept.isEmpty() || eviction.olderThan().isEmpty()) {
      return;
    }
    boolean numbers = !type.equals(DATE) && !type.equals("TIMESTAMP");
    Eviction.Period period = eviction.olderThan().get();
    if (numbers != period.unit().isEmpty()) {
      throw new InvalidInputException(
          String.format(
              "%s: evict: older_than is %s, but the column '%s' of the split is %s; expected %s",
              label,
              period,
              split.column(),
              type,
              numbers
                  ? "a number in its unit, or a format of the column such as epoch_s that makes it a"
                      + " time"
                  : "a period such as 30d"));
    }
  }

  /**
   * The time of a new data set, in SQL: that of all of its rows, or of the newest row so far.
   *
   * @param newest of the rows so far; empty if there is none
   * @throws InvalidInputException if the day of the new rows is before that of earlier ones
   */
  String now(String newest) {
    if (day.isPresent() && !newest.isEmpty() && LocalDate.parse(newest).isAfter(day.get())) {
      throw new InvalidInputException(
          String.format(
              "day (--day) is %s, but there were rows of %s before; expected that day or a later"
                  + " one",
              day.get(), newest));
    }
    if (kept.isEmpty()) {
      return constant();
    }
    return newest.isEmpty()
        ? String.format("CAST(NULL AS %s)", type)
        : String.format("CAST(%s AS %s)", DuckDb.text(newest), type);
  }
}
