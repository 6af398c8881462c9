package io.scenerank.data.prepare;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.data.DuckDb;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;

/** Cuts the numbers of training rows into bins of about the same number of rows. */
final class BinEdges {
  private BinEdges() {}

  /**
   * The upper ends of the bins but the last, each one a number that occurs in a row: of {@code n}
   * bins, the k-th ends where at least k/n of the rows are at or below. Bins that would be empty
   * are left out. A number belongs to the first bin whose end is not below it.
   *
   * @param values a file of feature values with a flag {@link FeatureRows#TRAIN}
   */
  static ImmutableMap<String, ImmutableList<Double>> find(
      WorkDatabase database, List<FeatureValue> features, Path values) throws SQLException {
    List<ColumnDescription> binned =
        features.stream().map(FeatureValue::column).filter(column -> column.bins() > 0).toList();
    ImmutableMap.Builder<String, ImmutableList<Double>> edges = ImmutableMap.builder();
    for (int i = 0; i < binned.size(); i++) {
      ColumnDescription column = binned.get(i);
      // Sums over different numbers, not a quantile(), which holds all rows in memory.
      edges.put(
          column.name(),
          database.query(
              String.format(
                  Locale.ROOT,
                  "WITH numbers AS (SELECT %1$s AS v, count(*) AS n FROM %2$s WHERE %3$s"
                      + " AND %1$s IS NOT NULL AND NOT isnan(%1$s) GROUP BY 1),"
                      + " sums AS (SELECT v, sum(n) OVER (ORDER BY v) AS upto,"
                      + " sum(n) OVER () AS total, max(v) OVER () AS last FROM numbers),"
                      + " ends AS (SELECT k, min(v) AS v, any_value(last) AS last"
                      + " FROM sums, range(1, %4$d) AS parts(k) WHERE upto * %4$d >= total * k"
                      + " GROUP BY k)"
                      + " SELECT DISTINCT v FROM ends WHERE v < last ORDER BY v",
                  DuckDb.name(column.name()),
                  WorkDatabase.rows(values),
                  FeatureRows.TRAIN,
                  column.bins()),
              row -> row.getDouble(1)));
      database.at("bins", i + 1, binned.size(), "columns");
    }
    return edges.buildOrThrow();
  }

  /** The bin of a number, from 1; 0 where it is missing. */
  static String bin(String number, ImmutableList<Double> edges) {
    StringBuilder bin =
        new StringBuilder("CASE WHEN " + number + " IS NULL OR isnan(" + number + ") THEN 0");
    for (int i = 0; i < edges.size(); i++) {
      bin.append(
          String.format(
              Locale.ROOT,
              " WHEN %s <= CAST('%s' AS DOUBLE) THEN %d",
              number,
              edges.get(i),
              i + 1));
    }
    return bin + " ELSE " + (edges.size() + 1) + " END";
  }
}
