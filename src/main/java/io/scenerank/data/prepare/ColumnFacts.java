package io.scenerank.data.prepare;

import com.google.common.collect.ImmutableList;
import io.scenerank.data.DuckDb;
import java.util.Optional;

/**
 * What a guess knows of a raw column.
 *
 * @param profile its values
 * @param name the words of its name
 * @param sql the column in SQL
 * @param order how the values change from row to row
 * @param values all values as texts, the most frequent first; empty where there are more than a few
 * @param clock whether its texts look like dates or times of a form that is not understood
 */
record ColumnFacts(
    ColumnProfile profile,
    NameWords name,
    String sql,
    RowOrder order,
    ImmutableList<String> values,
    boolean clock) {
  /** So many different values are all looked at. */
  static final int FEW = 20;

  /** The value that a column has in all rows, if it is one. */
  Optional<String> only() {
    return values.size() == 1 ? Optional.of(values.get(0)) : Optional.empty();
  }

  /** A text as it is written in SQL. */
  static String text(String value) {
    return DuckDb.text(value);
  }
}
