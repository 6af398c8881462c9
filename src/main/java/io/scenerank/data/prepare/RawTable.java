package io.scenerank.data.prepare;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.DuckDb;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Raw rows, kept in a Parquet file.
 *
 * @param file the rows, in their order
 * @param columns its columns
 */
record RawTable(Path file, ImmutableList<Column> columns) {
  /** Number of a raw row, from 0. */
  static final String ROW = "__row";

  private static final String TEXT_PREFIX = "__text ";

  private static final Pattern OWN_NAMES =
      Pattern.compile("__row|__train|__seen|__file|__nothing|file_row_number|__(text|key) .*");

  /**
   * A raw column.
   *
   * @param type in what it is kept
   * @param kind what its values are
   */
  record Column(String name, StagedType type, RawKind kind) {}

  /**
   * Checks the name of a raw column.
   *
   * @param label names the rows in messages
   * @throws InvalidInputException if it is a name that columns get here
   */
  static void requireUsable(String name, String label) {
    if (OWN_NAMES.matcher(name.toLowerCase(Locale.ROOT)).matches()) {
      throw new InvalidInputException(
          label + ": prepare itself needs the name of the column '" + name + "'; rename it");
    }
  }

  /** The column of this name; case does not count. */
  Optional<Column> find(String name) {
    String small = name.toLowerCase(Locale.ROOT);
    return columns.stream()
        .filter(column -> column.name().toLowerCase(Locale.ROOT).equals(small))
        .findFirst();
  }

  /** The name under which {@link #values} has a column as text. */
  static String textName(Column column) {
    return DuckDb.name(TEXT_PREFIX + column.name());
  }

  /**
   * A query of the rows with their number, each column as its kind's type and once more as the text
   * that a vocabulary holds.
   */
  String values() {
    return values(columns);
  }

  /** The same of some columns. */
  String values(List<Column> some) {
    return some.stream()
        .map(
            column -> {
              String name = DuckDb.name(column.name());
              return String.format(
                  ", %s AS %s, %s AS %s",
                  column.kind().typed(name, column.type()),
                  name,
                  column.kind().text(name, column.type()),
                  textName(column));
            })
        .collect(
            Collectors.joining(
                "", "SELECT file_row_number AS " + ROW, " FROM " + WorkDatabase.rows(file)));
  }

  /** What the values of each column are. */
  ImmutableMap<String, RawKind> kinds() {
    return columns.stream().collect(ImmutableMap.toImmutableMap(Column::name, Column::kind));
  }

  /** In what each column is kept. */
  ImmutableMap<String, StagedType> types() {
    return columns.stream().collect(ImmutableMap.toImmutableMap(Column::name, Column::type));
  }
}
