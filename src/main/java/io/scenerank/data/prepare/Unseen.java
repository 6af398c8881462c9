package io.scenerank.data.prepare;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.sql.SQLException;

/** Counts values that are in no vocabulary. */
final class Unseen {
  private Unseen() {}

  /**
   * By column with a vocabulary, the number of values that are not in it; missing ones do not
   * count.
   *
   * @param rows feature values, as what follows FROM
   */
  static ImmutableMap<String, Long> count(WorkDatabase database, FeatureIds ids, String rows)
      throws SQLException {
    ImmutableList<ColumnDescription> columns = ids.withVocabulary();
    ImmutableMap.Builder<String, Long> counts = ImmutableMap.builder();
    if (!columns.isEmpty()) {
      database.query(
          "SELECT " + ids.unseen() + " FROM " + rows,
          row -> {
            for (int i = 0; i < columns.size(); i++) {
              counts.put(columns.get(i).name(), row.getLong(i + 1));
            }
            return row;
          });
    }
    return counts.buildOrThrow();
  }

  /** The number of rows with a value that is in no vocabulary; the scenario always has one. */
  static long rows(WorkDatabase database, FeatureIds ids, String rows) throws SQLException {
    return database.number("SELECT count(*) FROM " + rows + " WHERE " + ids.anyUnseen());
  }
}
