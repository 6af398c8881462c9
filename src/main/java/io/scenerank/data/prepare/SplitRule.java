package io.scenerank.data.prepare;

import io.scenerank.config.InvalidInputException;
import io.scenerank.data.DuckDb;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Which rows are for testing, in SQL; the same rows with any number of threads.
 *
 * @param isTest whether a row is
 * @param text what was decided, for people
 */
record SplitRule(String isTest, String text) {
  /** How a message ends where new rows can be split in another way. */
  static final String OTHERWISE =
      "; the splits random and test (--split random, --split test) do not follow the description";

  private static final long PARTS = 1_000_000;

  /**
   * @param rows a query of the rows
   * @param user SQL of the user's value
   * @param checks gets a check of the column that the split goes by
   * @throws InvalidInputException if the column is not there, no time or the same in all rows
   */
  static SplitRule of(
      SplitDescription split, Expressions expressions, String rows, String user, RowChecks checks)
      throws SQLException {
    return switch (split.by()) {
      case TIME -> byTime(split, expressions, rows, checks);
      case USER -> byHash(split, user, "users");
      case RANDOM -> byHash(split, RawTable.ROW, "rows at random");
    };
  }

  private static SplitRule byHash(SplitDescription split, String value, String what) {
    // MD5 is the same everywhere, which DuckDB's hash() need not be in its next version.
    String isTest =
        String.format(
            Locale.ROOT,
            "md5_number_lower(concat('%d:', %s)) %% %d < %d",
            split.seed(),
            value,
            PARTS,
            Math.round(split.testShare() * PARTS));
    return new SplitRule(
        isTest,
        String.format(Locale.ROOT, "%s of the %s, seed %d", split.testShare(), what, split.seed()));
  }

  private static SplitRule byTime(
      SplitDescription split, Expressions expressions, String rows, RowChecks checks)
      throws SQLException {
    String what = "split: column '" + split.column() + "'";
    String type = expressions.type(what, split.column());
    StagedType kind = StagedType.of(type);
    if (kind == StagedType.VARCHAR
        || kind == StagedType.BOOLEAN
        || kind.isList()
        || kind == StagedType.NESTED) {
      throw new InvalidInputException(
          String.format(
              "%s: %s is %s, expected numbers, dates or times; formats, such as month_first, read"
                  + " other forms of times",
              expressions.label(), what, type));
    }
    String time = Expressions.inSql(split.column());
    checks.add(what, time + " IS NULL", time, "a time to split by");
    String from =
        split.testFrom().isEmpty() ? cut(split, expressions, rows, time) : split.testFrom();
    String cut =
        kind == StagedType.TIMESTAMP
            ? moment(split, expressions, from, type)
            : String.format("CAST(%s AS %s)", DuckDb.text(from), type);
    try {
      expressions.database().query("SELECT " + cut, row -> row.getString(1));
    } catch (SQLException e) {
      throw wrongFrom(split, expressions, from, type, e);
    }
    return new SplitRule(time + " >= " + cut, split.column() + " from " + from);
  }

  /** A moment, whose text may say its zone, in UTC. */
  private static String moment(
      SplitDescription split, Expressions expressions, String from, String type)
      throws SQLException {
    List<String> moment = new ArrayList<>();
    expressions
        .database()
        .query(
            String.format("SELECT CAST(%s AS VARCHAR)", Instants.of(DuckDb.text(from))),
            row -> moment.add(row.getString(1)));
    if (moment.get(0) == null) {
      throw wrongFrom(split, expressions, from, type, null);
    }
    return String.format("CAST(%s AS %s)", DuckDb.text(moment.get(0)), type);
  }

  private static InvalidInputException wrongFrom(
      SplitDescription split,
      Expressions expressions,
      String from,
      String type,
      @Nullable SQLException cause) {
    return new InvalidInputException(
        String.format(
            "%s: split: test_from is '%s', expected a value of %s, which is %s",
            expressions.label(), from, split.column(), type),
        cause);
  }

  /** The first moment of the newest rows; rows of one moment stay together. */
  private static String cut(
      SplitDescription split, Expressions expressions, String rows, String time)
      throws SQLException {
    record Cut(@Nullable String byShare, String last, long moments) {}
    Cut cut =
        expressions
            .database()
            .query(
                String.format(
                    "WITH moments AS (SELECT %s AS t, count(*) AS n FROM (%s) GROUP BY 1),"
                        + " sums AS (SELECT t, sum(n) OVER (ORDER BY t DESC) AS newer,"
                        + " sum(n) OVER () AS total FROM moments WHERE t IS NOT NULL)"
                        + " SELECT CAST(min(t) FILTER (newer <= total * %s) AS VARCHAR),"
                        + " CAST(max(t) AS VARCHAR), count(*) FROM sums",
                    time, rows, split.testShare()),
                row -> new Cut(row.getString(1), row.getString(2), row.getLong(3)))
            .get(0);
    if (cut.moments < 2) {
      throw new InvalidInputException(
          String.format(
              "%s: split: column '%s' is the same in all rows, expected several times",
              expressions.label(), split.column()));
    }
    return cut.byShare == null ? cut.last : cut.byShare;
  }
}
