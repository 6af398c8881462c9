package io.scenerank.data.prepare;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** Reads raw rows once, into a Parquet file of the columns that are needed. */
final class RawReader {
  private final WorkDatabase database;
  private final ImmutableList<String> missingValues;
  private final RawFormats formats;

  /**
   * @param missingValues texts that mean a missing value
   * @param formats how columns are read whose values are not recognised by themselves
   */
  RawReader(WorkDatabase database, ImmutableList<String> missingValues, RawFormats formats) {
    this.database = database;
    this.missingValues = missingValues;
    this.formats = formats;
  }

  /** Without formats. */
  RawReader(WorkDatabase database, ImmutableList<String> missingValues) {
    this(database, missingValues, RawFormats.NONE);
  }

  /** The same for a side table. */
  RawReader behind(String prefix) {
    return new RawReader(database, missingValues, formats.behind(prefix));
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

  private Path keep(RawSource source, FormattedColumns columns) throws SQLException, IOException {
    try {
      return database.keep(columns.query(source.relation(database)), source.reading());
    } catch (SQLException e) {
      if (FormattedColumns.isOtherForm(e)) {
        columns.requireForms(database, source);
      }
      source.requireReadable(e);
      throw e;
    }
  }

  private RawTable read(
      RawSource source, Predicate<String> needed, Optional<Map<String, RawKind>> known)
      throws SQLException, IOException {
    ImmutableMap<String, String> all = source.columns(database);
    all.keySet().forEach(name -> RawTable.requireUsable(name, source.label()));
    FormattedColumns columns =
        FormattedColumns.of(Maps.filterKeys(all, needed::test), formats, missingValues);
    columns.requirePatterns(database, source.label());
    Path file = keep(source, columns);
    source.requireAll(database, database.number("SELECT count(*) FROM " + WorkDatabase.rows(file)));
    ImmutableMap<String, StagedType> types =
        columns.columns().stream()
            .collect(
                ImmutableMap.toImmutableMap(
                    FormattedColumns.Column::name, FormattedColumns.Column::kept));
    ImmutableMap<String, RawKind> kinds =
        known.isPresent()
            ? Maps.toMap(
                types.keySet(),
                name -> requireNonNull(known.get().get(name.toLowerCase(Locale.ROOT)), name))
            : new KindFinder(database).find(file, types);
    RawTable table =
        new RawTable(
            file,
            types.entrySet().stream()
                .map(
                    column ->
                        new RawTable.Column(
                            column.getKey(),
                            column.getValue(),
                            requireNonNull(kinds.get(column.getKey()), column.getKey())))
                .collect(ImmutableList.toImmutableList()));
    MixedZones.tell(database, table, source.label());
    return table;
  }
}
