package io.scenerank.data.prepare;

import com.google.common.collect.ImmutableSet;
import io.scenerank.data.DuckDb;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Which rows a guess takes for testing.
 *
 * @param yaml the description's split
 * @param comment why
 * @param note what people should not miss
 * @param withoutValues columns that have no value in the training rows, so that nothing can be
 *     learned of them
 */
record GuessedSplit(
    String yaml, String comment, Optional<String> note, ImmutableSet<String> withoutValues) {
  private static final double SHARE = 0.2;
  private static final int SEEDS = 50;

  /** Decides for the rows of a table. */
  record Finder(WorkDatabase database, RawTable table, String where) {
    GuessedSplit find(List<GuessedColumn> columns) throws SQLException {
      List<GuessedColumn> times =
          columns.stream()
              .filter(column -> column.role() == ColumnRole.TIME)
              // The column with the most moments tells best which rows are newer.
              .sorted(
                  Comparator.comparing((GuessedColumn c) -> TimeGuess.of(c.facts()))
                      .thenComparing(c -> -c.profile().distinct()))
              .toList();
      for (GuessedColumn time : times) {
        if (isComplete(time)) {
          return byTime(time, columns);
        }
      }
      return atRandom(times, columns);
    }

    private boolean isComplete(GuessedColumn time) throws SQLException {
      return time.profile().distinct() > 1
          && database.number(
                  String.format(
                      "SELECT CASE WHEN count(*) = count(%1$s) AND count(DISTINCT %1$s) > 1 THEN 1"
                          + " ELSE 0 END FROM (%2$s)",
                      DuckDb.name(time.name()), rows()))
              == 1;
    }

    private GuessedSplit byTime(GuessedColumn time, List<GuessedColumn> columns)
        throws SQLException {
      SplitDescription split =
          new SplitDescription(SplitDescription.By.TIME, time.facts().sql(), SHARE, "", 1);
      return new GuessedSplit(
          String.format(
              "split: {by: time, column: %s, test_share: %s}",
              GuessText.yaml(time.facts().sql()), SHARE),
          "the newest rows are for testing; or test_from: the first time of the test rows",
          Optional.empty(),
          withoutValues(rule(split), columns));
    }

    private GuessedSplit atRandom(List<GuessedColumn> times, List<GuessedColumn> columns)
        throws SQLException {
      long seed = 1;
      SplitRule rule = rule(random(seed));
      while (!hasBothParts(rule) && seed < SEEDS) {
        rule = rule(random(++seed));
      }
      return new GuessedSplit(
          String.format(Locale.ROOT, "split: {by: random, test_share: %s, seed: %d}", SHARE, seed),
          times.isEmpty()
              ? "no column looks like the time of a row; or by: time, by: user"
              : "or by: time with where: " + times.get(0).facts().sql() + " IS NOT NULL",
          times.isEmpty() ? Optional.empty() : Optional.of(incomplete(times.get(0))),
          withoutValues(rule, columns));
    }

    private static String incomplete(GuessedColumn time) {
      return String.format(
          "'%s' looks like the time of a row but is missing in some (%s) or the same in all, so"
              + " that the split is random",
          time.name(), GuessText.missing(time.profile()));
    }

    private static SplitDescription random(long seed) {
      return new SplitDescription(SplitDescription.By.RANDOM, "", SHARE, "", seed);
    }

    private SplitRule rule(SplitDescription split) throws SQLException {
      Expressions expressions =
          new Expressions(database, table, "the guess", table.kinds().keySet());
      return SplitRule.of(split, expressions, rows(), "NULL", new RowChecks());
    }

    private boolean hasBothParts(SplitRule rule) throws SQLException {
      return database.number(
              String.format("SELECT count(DISTINCT %s) FROM (%s)", rule.isTest(), rows()))
          == 2;
    }

    /** The rows that are taken. */
    private String rows() {
      return "SELECT * FROM (" + table.values() + ") WHERE " + where;
    }

    private ImmutableSet<String> withoutValues(SplitRule rule, List<GuessedColumn> columns)
        throws SQLException {
      List<GuessedColumn> features =
          columns.stream().filter(c -> c.role() != ColumnRole.LEFT_OUT).toList();
      if (features.isEmpty()) {
        return ImmutableSet.of();
      }
      String counts =
          features.stream()
              .map(c -> "count(" + value(c.profile()) + ")")
              .collect(Collectors.joining(", "));
      return database
          .query(
              String.format("SELECT %s FROM (%s) WHERE NOT (%s)", counts, rows(), rule.isTest()),
              row -> {
                ImmutableSet.Builder<String> without = ImmutableSet.builder();
                for (int i = 0; i < features.size(); i++) {
                  if (row.getLong(i + 1) == 0) {
                    without.add(features.get(i).name());
                  }
                }
                return without.build();
              })
          .get(0);
    }

    /** Something, or NULL where the column says nothing. */
    private static String value(ColumnProfile profile) {
      String name = DuckDb.name(profile.name());
      return profile.kind() == RawKind.LIST
          ? "CASE WHEN len(" + name + ") > 0 THEN 1 END"
          : profile.delimiter().isEmpty()
              ? name
              : String.format(
                  "nullif(trim(replace(%s, %s, '')), '')", name, DuckDb.text(profile.delimiter()));
    }
  }
}
