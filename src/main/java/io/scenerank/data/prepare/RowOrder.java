package io.scenerank.data.prepare;

import com.google.common.collect.ImmutableMap;
import io.scenerank.data.DuckDb;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * How the numbers of a column change from one row to the next, in the first rows.
 *
 * @param steps pairs of neighbouring rows that both have a number
 * @param up pairs whose second number is larger
 * @param down pairs whose second number is smaller
 * @param byOne pairs that differ by one in the more frequent direction
 */
record RowOrder(long steps, long up, long down, long byOne) {
  /** Of a column that has no numbers. */
  static final RowOrder NONE = new RowOrder(0, 0, 0, 0);

  private static final int ROWS = 100_000;
  private static final int ENOUGH = 20;
  private static final double NEARLY_ALL = 0.95;
  private static final double MOST = 0.9;

  /** Looks at all columns of numbers and times. */
  static ImmutableMap<String, RowOrder> of(WorkDatabase database, RawTable table)
      throws SQLException {
    List<RawTable.Column> columns = table.columns().stream().filter(RowOrder::isOrdered).toList();
    if (columns.isEmpty()) {
      return ImmutableMap.of();
    }
    String values =
        columns.stream()
            .map(RowOrder::number)
            .map(v -> String.format("%1$s - lag(%1$s) OVER (ORDER BY %2$s)", v, RawTable.ROW))
            .collect(Collectors.joining(", "));
    StringBuilder counts = new StringBuilder("SELECT 0");
    StringBuilder names = new StringBuilder();
    for (int i = 0; i < columns.size(); i++) {
      names.append(i == 0 ? "" : ", ").append("d").append(i);
      counts.append(
          String.format(
              Locale.ROOT,
              ", count(d%1$d), count(*) FILTER (d%1$d > 0), count(*) FILTER (d%1$d < 0),"
                  + " greatest(count(*) FILTER (d%1$d = 1), count(*) FILTER (d%1$d = -1))",
              i));
    }
    return database
        .query(
            String.format(
                Locale.ROOT,
                "WITH first AS (SELECT * FROM (%s) WHERE %s < %d),"
                    + " steps(%s) AS (SELECT %s FROM first) %s FROM steps",
                table.values(columns),
                RawTable.ROW,
                ROWS,
                names,
                values,
                counts),
            row -> {
              ImmutableMap.Builder<String, RowOrder> orders = ImmutableMap.builder();
              for (int i = 0; i < columns.size(); i++) {
                int at = 2 + 4 * i;
                orders.put(
                    columns.get(i).name(),
                    new RowOrder(
                        row.getLong(at),
                        row.getLong(at + 1),
                        row.getLong(at + 2),
                        row.getLong(at + 3)));
              }
              return orders.buildOrThrow();
            })
        .get(0);
  }

  private static boolean isOrdered(RawTable.Column column) {
    return switch (column.kind()) {
      case INTEGER, NUMBER, DATE, TIMESTAMP -> true;
      default -> false;
    };
  }

  private static String number(RawTable.Column column) {
    String name = DuckDb.name(column.name());
    return switch (column.kind()) {
      case DATE, TIMESTAMP -> "epoch(" + name + ")";
      default -> "CAST(" + name + " AS DOUBLE)";
    };
  }

  /** Whether each number is one more (or one less) than the last, perhaps from the start again. */
  boolean counts() {
    return steps >= ENOUGH && byOne >= MOST * steps;
  }

  /** Whether the numbers only rise or only fall. */
  boolean isSorted() {
    return steps >= ENOUGH && Math.min(up, down) == 0;
  }

  /** Whether nearly each number is larger, or smaller, than the last. */
  boolean isNearlySorted() {
    return steps >= ENOUGH && Math.max(up, down) >= NEARLY_ALL * steps;
  }
}
