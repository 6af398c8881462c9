package io.scenerank.data.prepare;

import io.scenerank.data.DuckDb;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Tells of columns of times of which some say their zone and others do not. */
final class MixedZones {
  private MixedZones() {}

  /**
   * Looks at columns that are kept as texts.
   *
   * @param label names the rows in the lines
   */
  static void tell(WorkDatabase database, RawTable table, String label) throws SQLException {
    List<RawTable.Column> times =
        table.columns().stream()
            .filter(column -> column.kind() == RawKind.TIMESTAMP)
            .filter(column -> column.type() == StagedType.VARCHAR)
            .toList();
    if (times.isEmpty()) {
      return;
    }
    String counts =
        times.stream()
            .map(column -> DuckDb.name(column.name()))
            .map(
                name ->
                    String.format(
                        "count(%1$s), count(*) FILTER (%2$s)", name, Instants.hasZone(name)))
            .collect(Collectors.joining(", "));
    database.query(
        "SELECT " + counts + " FROM " + WorkDatabase.rows(table.file()),
        row -> {
          for (int i = 0; i < times.size(); i++) {
            tell(database, label, times.get(i), row.getLong(2 * i + 1), row.getLong(2 * i + 2));
          }
          return row;
        });
  }

  private static void tell(
      WorkDatabase database, String label, RawTable.Column column, long all, long zoned) {
    if (zoned > 0 && zoned < all) {
      database.note(
          String.format(
              Locale.ROOT,
              "%s: column '%s': %,d of %,d times have a zone; the others are treated as UTC",
              label,
              column.name(),
              zoned,
              all));
    }
  }
}
