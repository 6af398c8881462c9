package io.scenerank.data.prepare;

import com.google.common.collect.ImmutableList;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.DuckDb;
import io.scenerank.data.prepare.DatasetPreparation.TableGrowth;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Gives ids to the values of training rows.
 *
 * <p>A value that has an id keeps it. A value without one gets it when it occurred at least {@code
 * min_count} times in the training rows of all days together: in the order of the values, first the
 * ids that values lost, the lowest first, then those behind the last. A value that {@link Eviction}
 * names loses its id and its count, and one that waits its count. The first data set extends a
 * vocabulary without values.
 */
final class VocabularyGrowth {
  private static final String GROWN = "__grown_values";

  private final WorkDatabase database;
  private final Path values;
  private final SeenClock clock;
  private final String now;

  /**
   * @param values a file of feature values, with a flag {@link FeatureRows#TRAIN} and their time
   * @param now SQL of the newest time of all rows so far
   */
  VocabularyGrowth(WorkDatabase database, Path values, SeenClock clock, String now) {
    this.database = database;
    this.values = values;
    this.clock = clock;
    this.now = now;
  }

  /**
   * The newest time of all training rows so far, in SQL.
   *
   * @param before the vocabularies that are extended
   */
  static String newest(
      WorkDatabase database,
      Path values,
      SeenClock clock,
      ImmutableList<VocabularyFile.Content> before)
      throws SQLException {
    StringBuilder times =
        new StringBuilder(
            String.format(
                "SELECT max(%s) AS t FROM %s WHERE %s",
                clock.seen(), WorkDatabase.rows(values), FeatureRows.TRAIN));
    for (VocabularyFile.Content content : before) {
      times.append(" UNION ALL SELECT max(last_seen) FROM (").append(content.sql()).append(")");
    }
    String newest = "SELECT coalesce(CAST(max(t) AS VARCHAR), '') FROM (" + times + ")";
    return clock.now(database.query(newest, row -> row.getString(1)).get(0));
  }

  /**
   * Writes the vocabulary of a table for the first time.
   *
   * @param integers whether all values are integers
   */
  TableGrowth first(VocabularyRule rule, boolean integers, VocabularyFile target)
      throws SQLException, IOException {
    String value = integers ? "CAST(v AS BIGINT)" : "v";
    return write(rule, counted(rule, value, "true"), 1, target);
  }

  /**
   * Writes the vocabulary that extends another one.
   *
   * @param before what that one says
   * @param size its ids, 0 among them
   */
  TableGrowth grow(
      VocabularyRule rule, VocabularyFile.Content before, int size, VocabularyFile target)
      throws SQLException, IOException {
    String today;
    if (before.type().equals("BIGINT")) {
      // A vocabulary of integers stays one, for the models that take integers.
      noteOtherValues(rule);
      today = counted(rule, "TRY_CAST(v AS BIGINT)", isInteger("v"));
    } else {
      today = counted(rule, "v", "true");
    }
    return write(rule, before.sql() + " UNION ALL " + today, size, target);
  }

  private static String isInteger(String text) {
    return String.format("coalesce(CAST(TRY_CAST(%1$s AS BIGINT) AS VARCHAR) = %1$s, false)", text);
  }

  private void noteOtherValues(VocabularyRule rule) throws SQLException {
    database.query(
        String.format(
            "SELECT min(v), count(DISTINCT v) FROM (%s) WHERE v IS NOT NULL AND NOT %s"
                + " HAVING count(*) > 0",
            today(rule), isInteger("v")),
        row -> {
          database.note(
              String.format(
                  Locale.ROOT,
                  "table '%s': %,d values such as '%s' are no integers, as all values of its"
                      + " vocabulary are; their id stays 0",
                  rule.table(),
                  row.getLong(2),
                  row.getString(1)));
          return row;
        });
  }

  /** The values of training rows with their times. */
  private String today(VocabularyRule rule) {
    return rule.columns().stream()
        .map(
            column -> {
              String name = DuckDb.name(column.name());
              return String.format(
                  "SELECT %s AS v, %s AS t FROM %s WHERE %s",
                  column.isList() ? "unnest(" + name + ")" : name,
                  clock.seen(),
                  WorkDatabase.rows(values),
                  FeatureRows.TRAIN);
            })
        .collect(Collectors.joining(" UNION ALL "));
  }

  /**
   * The values of training rows with their number and newest time.
   *
   * @param value SQL of the value of a text {@code v}
   * @param which SQL, whether the value counts
   */
  private String counted(VocabularyRule rule, String value, String which) {
    return String.format(
        "SELECT value, CAST(NULL AS INTEGER) AS id, CAST(NULL AS INTEGER) AS since, count(*) AS"
            + " count, max(t) AS last_seen FROM (SELECT %s AS value, t FROM (%s) WHERE v IS NOT NULL"
            + " AND %s) GROUP BY value",
        value, today(rule), which);
  }

  /**
   * Writes the files of a table.
   *
   * @param occurrences a query of values with their ids, numbers and times, of all days
   */
  private TableGrowth write(
      VocabularyRule rule, String occurrences, int size, VocabularyFile target)
      throws SQLException, IOException {
    database.execute("CREATE OR REPLACE TEMP TABLE " + GROWN + " AS " + decided(rule, occurrences));
    Numbers numbers = numbers(rule, size);
    Files.deleteIfExists(target.file());
    Files.deleteIfExists(target.pending());
    DuckDb.copyToParquet(database.connection(), ids(numbers, size), target.file());
    if (numbers.waiting > 0) {
      DuckDb.copyToParquet(database.connection(), waiting(rule), target.pending());
    }
    database.execute("DROP TABLE " + GROWN);
    return new TableGrowth(
        numbers.admitted,
        numbers.evicted,
        Math.min(numbers.free, numbers.admitted),
        rule.eviction().keep() == 0
            ? numbers.waiting
            : Math.min(numbers.waiting, rule.eviction().keep()),
        size + (int) Math.max(0, numbers.admitted - numbers.free));
  }

  /** The values, which of them are not too old, and which of those have or get an id. */
  private String decided(VocabularyRule rule, String occurrences) {
    String all =
        String.format(
            "SELECT value, max(id) AS id, max(since) AS since, CAST(sum(count) AS BIGINT) AS count,"
                + " coalesce(max(last_seen), %s) AS last_seen FROM (%s) GROUP BY value",
            now, occurrences);
    Eviction eviction = rule.eviction();
    String alive =
        eviction
            .olderThan()
            .map(period -> "coalesce(" + clock.isSince("last_seen", now, period) + ", true)")
            .orElse("true");
    String candidate =
        String.format(Locale.ROOT, "alive AND (id IS NOT NULL OR count >= %d)", rule.minCount());
    String kept =
        eviction.keep() == 0
            ? "candidate"
            : String.format(
                Locale.ROOT,
                "candidate AND row_number() OVER (PARTITION BY candidate ORDER BY last_seen DESC"
                    + " NULLS LAST, count DESC, id NULLS LAST, value) <= %d",
                eviction.keep());
    return String.format(
        "SELECT *, %s AS kept FROM (SELECT *, %s AS candidate FROM (SELECT *, %s AS alive FROM"
            + " (%s)))",
        kept, candidate, alive, all);
  }

  /**
   * What becomes of the values.
   *
   * @param admitted those that get an id
   * @param evicted those that lose it
   * @param free ids before the last that no value has
   * @param waiting those that wait
   */
  private record Numbers(long admitted, long evicted, long free, long waiting) {}

  private Numbers numbers(VocabularyRule rule, int size) throws SQLException {
    Numbers numbers =
        database
            .query(
                String.format(
                    Locale.ROOT,
                    "SELECT count(*) FILTER (kept AND id IS NULL), count(*) FILTER (NOT kept AND id"
                        + " IS NOT NULL), %d - count(*) FILTER (kept AND id IS NOT NULL), count(*)"
                        + " FILTER (alive AND NOT kept AND id IS NULL) FROM %s",
                    size - 1,
                    GROWN),
                row -> new Numbers(row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4)))
            .get(0);
    long left = size - 1 - numbers.free + numbers.admitted;
    if (left == 0 && numbers.evicted > 0) {
      throw new InvalidInputException(
          String.format(
              Locale.ROOT,
              "table '%s': evict leaves no value of the %,d that it has; expected a longer period",
              rule.table(),
              numbers.evicted));
    }
    if (size + numbers.admitted - numbers.free >= Integer.MAX_VALUE) {
      throw new InvalidInputException(
          String.format(
              Locale.ROOT,
              "table '%s': %,d more values than ids of 32 bits; expected a larger min_count or"
                  + " evict",
              rule.table(),
              numbers.admitted));
    }
    long leftOut =
        database.number(
            "SELECT count(*) FROM "
                + GROWN
                + " WHERE NOT kept AND id IS NULL"
                + " AND count >= "
                + rule.minCount());
    if (leftOut > 0) {
      database.note(
          String.format(
              Locale.ROOT,
              "table '%s': evict leaves %,d values without an id that occur often enough",
              rule.table(),
              leftOut));
    }
    return numbers;
  }

  /** All values with an id. */
  private String ids(Numbers numbers, int size) {
    String free =
        String.format(
            Locale.ROOT,
            "SELECT k AS id, row_number() OVER (ORDER BY k) AS slot FROM range(1, %d) ids(k) ANTI"
                + " JOIN (SELECT id AS k FROM %s WHERE kept AND id IS NOT NULL) taken USING (k)",
            size,
            GROWN);
    String added =
        String.format(
            "SELECT value, count, last_seen, row_number() OVER (ORDER BY value) AS slot FROM %s"
                + " WHERE kept AND id IS NULL",
            GROWN);
    String addedIds =
        numbers.free == 0
            ? String.format(
                Locale.ROOT,
                "SELECT value, %d + slot AS id, count, last_seen FROM (%s)",
                size - 1,
                added)
            : String.format(
                Locale.ROOT,
                "SELECT a.value, coalesce(f.id, %d + a.slot) AS id, a.count, a.last_seen FROM (%s)"
                    + " a LEFT JOIN (%s) f ON a.slot = f.slot",
                size - 1 - numbers.free,
                added,
                free);
    return String.format(
        Locale.ROOT,
        "SELECT value, CAST(id AS INTEGER) AS id, count, last_seen, CAST(since AS INTEGER) AS since"
            + " FROM (SELECT value, id, count, last_seen, since FROM %s WHERE kept AND id IS NOT"
            + " NULL UNION ALL SELECT value, id, count, last_seen, %d FROM (%s)) ORDER BY id",
        GROWN,
        clock.generation(),
        addedIds);
  }

  /** The values that wait; a rule that keeps so many keeps as many of them. */
  private static String waiting(VocabularyRule rule) {
    String limit =
        rule.eviction().keep() == 0
            ? ""
            : String.format(
                Locale.ROOT,
                " QUALIFY row_number() OVER (ORDER BY last_seen DESC NULLS LAST, count DESC, value)"
                    + " <= %d",
                rule.eviction().keep());
    return String.format(
        "SELECT value, count, last_seen FROM %s WHERE alive AND NOT kept AND id IS NULL%s ORDER BY"
            + " value",
        GROWN, limit);
  }
}
