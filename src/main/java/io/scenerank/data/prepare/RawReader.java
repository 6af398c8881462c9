package io.scenerank.data.prepare;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.data.DuckDb;
import io.scenerank.feature.InvalidInputException;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Reads raw rows once, into a Parquet file of the columns that are needed. */
final class RawReader {
  private final WorkDatabase database;
  private final ImmutableList<String> missingValues;

  /**
   * @param missingValues texts that stand for a missing value
   */
  RawReader(WorkDatabase database, ImmutableList<String> missingValues) {
    this.database = database;
    this.missingValues = missingValues;
  }

  /** Reads rows and finds out what their columns hold. */
  RawTable read(RawSource source, Predicate<String> needed) throws SQLException, IOException {
    return read(source, needed, Optional.empty());
  }

  /** Reads rows whose columns are taken for what they were when the data set was prepared. */
  RawTable read(RawSource source, ImmutableMap<String, RawKind> kinds)
      throws SQLException, IOException {
    Map<String, RawKind> known = new LinkedHashMap<>();
    kinds.forEach((name, kind) -> known.put(name.toLowerCase(Locale.ROOT), kind));
    return read(
        source, name -> known.containsKey(name.toLowerCase(Locale.ROOT)), Optional.of(known));
  }

  private Path keep(RawSource source, String columns) throws SQLException, IOException {
    try {
      return database.keep(
          "SELECT " + columns + " FROM " + source.relation(database), source.reading());
    } catch (SQLException e) {
      Optional<InvalidInputException> refusal = source.refusal(e);
      if (refusal.isPresent()) {
        throw refusal.get();
      }
      throw e;
    }
  }

  private RawTable read(
      RawSource source, Predicate<String> needed, Optional<Map<String, RawKind>> known)
      throws SQLException, IOException {
    Map<String, StagedType> types = new LinkedHashMap<>();
    source
        .columns(database)
        .forEach(
            (name, type) -> {
              if (needed.test(name)) {
                types.put(name, StagedType.of(type));
              }
            });
    String columns =
        types.entrySet().stream()
            .map(
                column -> {
                  String name = DuckDb.name(column.getKey());
                  return column.getValue().keep(name, missingValues) + " AS " + name;
                })
            .collect(Collectors.joining(", "));
    // Rows without a column that is needed are still rows.
    Path file = keep(source, types.isEmpty() ? "1 AS \"__nothing\"" : columns);
    source.requireAll(database, database.number("SELECT count(*) FROM " + WorkDatabase.rows(file)));
    ImmutableMap<String, RawKind> kinds =
        known.isPresent()
            ? types.keySet().stream()
                .collect(
                    ImmutableMap.toImmutableMap(
                        name -> name, name -> known.get().get(name.toLowerCase(Locale.ROOT))))
            : new KindFinder(database).find(file, ImmutableMap.copyOf(types));
    RawTable table =
        new RawTable(
            file,
            types.entrySet().stream()
                .map(
                    column ->
                        new RawTable.Column(
                            column.getKey(), column.getValue(), kinds.get(column.getKey())))
                .collect(ImmutableList.toImmutableList()));
    MixedZones.tell(database, table, source.label());
    return table;
  }
}
