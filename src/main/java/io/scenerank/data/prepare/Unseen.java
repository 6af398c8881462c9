package io.scenerank.data.prepare;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.sql.SQLException;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Values that are in no vocabulary; missing ones do not count.
 *
 * @param rows the number of rows with such a value
 * @param values their number, by column with a vocabulary
 */
record Unseen(long rows, ImmutableMap<String, Long> values) {

  /**
   * Counts them in one pass over the rows.
   *
   * @param rows feature values, as what follows FROM
   */
  static Unseen of(WorkDatabase database, FeatureIds ids, String rows) throws SQLException {
    ImmutableList<ColumnDescription> columns = ids.withVocabulary();
    if (columns.isEmpty()) {
      return new Unseen(0, ImmutableMap.of());
    }
    ImmutableList<String> numbers = ids.unseen();
    String query =
        String.format(
            Locale.ROOT,
            "SELECT count(*) FILTER (%s), %s FROM (SELECT %s FROM %s)",
            each(columns.size(), "u%d > 0", " OR "),
            each(columns.size(), "coalesce(sum(u%d), 0)", ", "),
            IntStream.range(0, columns.size())
                .mapToObj(i -> numbers.get(i) + " AS u" + i)
                .collect(Collectors.joining(", ")),
            rows);
    return database
        .query(
            query,
            row -> {
              ImmutableMap.Builder<String, Long> values = ImmutableMap.builder();
              for (int i = 0; i < columns.size(); i++) {
                values.put(columns.get(i).name(), row.getLong(i + 2));
              }
              return new Unseen(row.getLong(1), values.buildOrThrow());
            })
        .get(0);
  }

  private static String each(int columns, String format, String between) {
    return IntStream.range(0, columns)
        .mapToObj(i -> String.format(Locale.ROOT, format, i))
        .collect(Collectors.joining(between));
  }
}
