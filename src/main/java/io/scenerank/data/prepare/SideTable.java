package io.scenerank.data.prepare;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.DuckDb;
import io.scenerank.files.InnerPath;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A side table as it is kept: in a Parquet file, so that rows to predict are joined with it too.
 *
 * @param file the file's name
 * @param on the raw rows' column → this table's
 * @param prefix put before the names of the table's columns
 * @param columns its columns, the keys among them
 */
record SideTable(
    @JsonProperty("file") String file,
    @JsonProperty("on") ImmutableMap<String, String> on,
    @JsonProperty("prefix") String prefix,
    @JsonProperty("columns") ImmutableList<RawTable.Column> columns) {

  /**
   * @throws InvalidInputException if the file leads out of a folder, or a part is missing
   */
  SideTable {
    InnerPath.require("side table", file);
    require(on != null && prefix != null && columns != null, file, "on, prefix and columns");
    for (RawTable.Column column : columns) {
      require(
          column.name() != null && column.type() != null && column.kind() != null,
          file,
          "name, type and kind of each column");
    }
    for (String key : on.values()) {
      require(
          columns.stream().anyMatch(column -> column.name().equalsIgnoreCase(key)),
          file,
          "the column '" + key + "', by which rows are joined");
    }
  }

  private static void require(boolean holds, String file, String expected) {
    if (!holds) {
      throw new InvalidInputException(
          "side table: '" + file + "' is damaged, expected " + expected);
    }
  }

  /** The table with the place of its file. */
  RawTable table(Path folder) {
    return new RawTable(InnerPath.resolve(folder, "side table", file), columns);
  }

  /** The columns that join the rows. */
  ImmutableList<RawTable.Column> joining() {
    return columns.stream()
        .filter(column -> !isKey(column.name()))
        .collect(ImmutableList.toImmutableList());
  }

  private boolean isKey(String name) {
    return on.values().stream().anyMatch(key -> key.equalsIgnoreCase(name));
  }

  /** What the rows call a column of this table. */
  String nameOf(RawTable.Column column) {
    return prefix + column.name();
  }

  /**
   * Checks that the keys tell the table's rows apart.
   *
   * @param label names the table in messages
   * @throws InvalidInputException naming a key that occurs twice
   */
  void requireUnique(WorkDatabase database, Path folder, String label) throws SQLException {
    RawTable table = table(folder);
    String keys =
        on.values().stream()
            .map(key -> RawTable.textName(table.find(key).orElseThrow()))
            .collect(Collectors.joining(", "));
    database.query(
        String.format(
            "SELECT concat_ws(', ', %1$s), count(*) FROM (%2$s) GROUP BY %1$s"
                + " HAVING count(*) > 1 AND concat_ws('', %1$s) <> '' ORDER BY %1$s LIMIT 1",
            keys, table.values()),
        row -> {
          throw new InvalidInputException(
              String.format(
                  Locale.ROOT,
                  "%s: '%s' occurs %d times in %s, expected once: rows are joined by it",
                  label,
                  row.getString(1),
                  row.getLong(2),
                  on.values()));
        });
  }

  /**
   * Joins rows with tables; the rows keep their order and their number.
   *
   * @param folder where the tables' files are
   */
  static RawTable join(
      WorkDatabase database, RawTable rows, List<SideTable> sides, Path folder, long bytes)
      throws SQLException {
    List<RawTable.Column> columns = new ArrayList<>(rows.columns());
    StringBuilder keys = new StringBuilder();
    StringBuilder joined = new StringBuilder();
    StringBuilder tables = new StringBuilder();
    for (int i = 0; i < sides.size(); i++) {
      SideTable side = sides.get(i);
      RawTable table = side.table(folder);
      List<String> conditions = new ArrayList<>();
      for (var key : side.on.entrySet()) {
        RawTable.Column left = rows.find(key.getKey()).orElseThrow();
        RawTable.Column right = table.find(key.getValue()).orElseThrow();
        String name = DuckDb.name("__key " + i + " " + left.name());
        keys.append(", ").append(text(left)).append(" AS ").append(name);
        conditions.add("m." + name + " = s" + i + "." + RawTable.textName(right));
      }
      for (RawTable.Column column : side.joining()) {
        String name = side.nameOf(column);
        columns.removeIf(old -> old.name().equalsIgnoreCase(name));
        columns.add(new RawTable.Column(name, column.type(), column.kind()));
        joined.append(
            String.format(
                Locale.ROOT, ", s%d.%s AS %s", i, DuckDb.name(column.name()), DuckDb.name(name)));
      }
      tables.append(
          String.format(
              Locale.ROOT,
              " LEFT JOIN (SELECT *%s FROM %s) s%d ON %s",
              texts(table),
              WorkDatabase.rows(table.file()),
              i,
              String.join(" AND ", conditions)));
    }
    String own =
        rows.columns().stream()
            .filter(columns::contains)
            .map(column -> ", m." + DuckDb.name(column.name()))
            .collect(Collectors.joining());
    String query =
        String.format(
            "SELECT * EXCLUDE (%1$s) FROM (SELECT m.file_row_number AS %1$s%2$s%3$s"
                + " FROM (SELECT *%4$s FROM %5$s) m%6$s) ORDER BY %1$s",
            RawTable.ROW, own, joined, keys, WorkDatabase.rows(rows.file()), tables);
    Path file = database.keep(query, new WorkDatabase.Step("join", bytes, "bytes"));
    return new RawTable(file, ImmutableList.copyOf(columns));
  }

  private static String text(RawTable.Column column) {
    return column.kind().text(DuckDb.name(column.name()), column.type());
  }

  private static String texts(RawTable table) {
    return table.columns().stream()
        .map(column -> ", " + text(column) + " AS " + RawTable.textName(column))
        .collect(Collectors.joining());
  }

  /** Names of a file, one that others of the folder do not have. */
  static String fileName(int number, String source) {
    String name = Path.of(source).getFileName().toString().toLowerCase(Locale.ROOT);
    return "tables/"
        + number
        + "-"
        + name.replaceAll("[^\\p{L}\\p{N}._-]|\\.[a-z]+$", "")
        + ".parquet";
  }
}
