package io.scenerank.data.prepare;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.scenerank.config.InvalidInputException;
import io.scenerank.config.SpellingHint;
import io.scenerank.data.DuckDb;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reads the rows and the side tables that a description names.
 *
 * @param rows the rows, side tables joined
 * @param kinds what the columns of the rows hold, those of side tables left out
 * @param types in what these columns are kept
 * @param sides the side tables, whose files were written
 * @param names all columns, also those that were not kept
 */
record RawTables(
    RawTable rows,
    ImmutableMap<String, RawKind> kinds,
    ImmutableMap<String, StagedType> types,
    ImmutableList<SideTable> sides,
    ImmutableSet<String> names) {

  /**
   * @param needed names in the description's expressions, in small letters
   * @param joins the side tables' files
   * @param folder where the side tables are written
   * @throws InvalidInputException naming a key that a table lacks or has twice, or a column that
   *     two tables have
   */
  static RawTables read(
      WorkDatabase database,
      Description description,
      RawSource source,
      Set<String> needed,
      JoinFiles joins,
      Path folder)
      throws SQLException, IOException {
    RawReader reader =
        new RawReader(database, description.missingValues(), description.rawFormats());
    Set<String> mainNeeded = new TreeSet<>(needed);
    description
        .joins()
        .forEach(join -> join.on().keySet().forEach(key -> mainNeeded.add(small(key))));
    ImmutableSet<String> columns = source.columns(database).keySet();
    RawTable main = reader.read(source, name -> mainNeeded.contains(small(name)));
    List<SideTable> sides = new ArrayList<>();
    Set<String> names = new TreeSet<>(columns);
    for (JoinDescription join : description.joins()) {
      FileSource file = new FileSource(joins.of(join), join.csv());
      requireKeys(join.on().keySet(), columns, source.label());
      requireKeys(join.on().values(), file.columns(database).keySet(), file.label());
      SideTable side = readSide(database, reader, join, file, needed, sides.size(), folder);
      requireNew(side, names, file.label());
      sides.add(side);
    }
    description.rawFormats().requireColumns(names, source.label());
    RawTable rows =
        sides.isEmpty()
            ? main
            : SideTable.join(database, main, sides, folder, source.reading().total());
    return new RawTables(
        rows, main.kinds(), main.types(), ImmutableList.copyOf(sides), ImmutableSet.copyOf(names));
  }

  private static SideTable readSide(
      WorkDatabase database,
      RawReader reader,
      JoinDescription join,
      FileSource file,
      Set<String> needed,
      int number,
      Path folder)
      throws SQLException, IOException {
    Set<String> keys = new TreeSet<>();
    join.on().values().forEach(key -> keys.add(small(key)));
    RawTable table =
        reader
            .behind(join.prefix())
            .read(
                file,
                name -> keys.contains(small(name)) || needed.contains(small(join.prefix() + name)));
    SideTable side =
        new SideTable(
            SideTable.fileName(number, join.file()), join.on(), join.prefix(), table.columns());
    Path kept = folder.resolve(side.file());
    Files.createDirectories(kept.getParent());
    DuckDb.copyToParquet(
        database.connection(), "SELECT * FROM " + DuckDb.parquet(table.file()), kept);
    side.requireUnique(database, folder, file.label());
    return side;
  }

  private static void requireKeys(
      Iterable<String> keys, ImmutableSet<String> columns, String label) {
    for (String key : keys) {
      if (columns.stream().noneMatch(key::equalsIgnoreCase)) {
        throw new InvalidInputException(
            label + ": joins: there is no column '" + key + "'" + SpellingHint.hint(key, columns));
      }
    }
  }

  private static void requireNew(SideTable side, Set<String> names, String label) {
    for (RawTable.Column column : side.joining()) {
      String name = side.nameOf(column);
      if (names.stream().anyMatch(name::equalsIgnoreCase)) {
        throw new InvalidInputException(
            String.format(
                "%s: joins: another table has a column '%s' too; give this one a prefix",
                label, name));
      }
      names.add(name);
    }
  }

  /** A name as names are compared. */
  static String small(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
