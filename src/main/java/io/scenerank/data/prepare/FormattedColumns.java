package io.scenerank.data.prepare;

import com.google.common.collect.ImmutableList;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.DuckDb;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The SQL that reads raw columns, those of a format by that format.
 *
 * @param columns the columns, in order
 * @param missing texts that mean a missing value
 */
record FormattedColumns(ImmutableList<Column> columns, ImmutableList<String> missing) {
  private static final String MARK = "__format ";

  /**
   * A column to read.
   *
   * @param type in what it would be kept without a format
   * @param format empty if it has none, or needs none
   */
  record Column(String name, StagedType type, Optional<ValueFormat> format) {
    /** In what it is kept. */
    StagedType kept() {
      return format.map(ValueFormat::type).orElse(type);
    }
  }

  /** Of columns with DuckDB's types. */
  static FormattedColumns of(
      Map<String, String> types, RawFormats formats, ImmutableList<String> missing) {
    return new FormattedColumns(
        types.entrySet().stream()
            .map(column -> column(column.getKey(), StagedType.of(column.getValue()), formats))
            .collect(ImmutableList.toImmutableList()),
        missing);
  }

  private static Column column(String name, StagedType type, RawFormats formats) {
    return new Column(name, type, formats.find(name).filter(format -> format.reads(type)));
  }

  /**
   * A query of all columns.
   *
   * @param relation what follows FROM
   */
  String query(String relation) {
    if (columns.isEmpty()) {
      return "SELECT 1 AS \"__nothing\" FROM " + relation; // Rows without a column are rows.
    }
    String kept =
        columns.stream()
            .map(column -> keep(column) + " AS " + DuckDb.name(column.name))
            .collect(Collectors.joining(", "));
    String inner = "SELECT " + kept + " FROM " + relation;
    if (columns.stream().allMatch(column -> column.format.isEmpty())) {
      return inner;
    }
    String read =
        columns.stream()
            .map(column -> read(column) + " AS " + DuckDb.name(column.name))
            .collect(Collectors.joining(", "));
    return "SELECT " + read + " FROM (" + inner + ")";
  }

  /** Columns of a format as texts. */
  private String keep(Column column) {
    String name = DuckDb.name(column.name);
    if (column.format.isEmpty() || column.type == StagedType.VARCHAR) {
      return column.type.keep(name, missing);
    }
    return String.format("nullif(CAST(%s AS VARCHAR), 'nan')", name);
  }

  private static String read(Column column) {
    String name = DuckDb.name(column.name);
    return column
        .format
        .map(
            format ->
                String.format(
                    "CASE WHEN %1$s IS NOT NULL THEN coalesce(%2$s, error('%3$s')) END",
                    name, format.of(name), MARK))
        .orElse(name);
  }

  /**
   * @throws InvalidInputException naming a pattern of times that DuckDB does not know
   */
  void requirePatterns(WorkDatabase database, String label) {
    for (Column column : columns) {
      if (column.format.isPresent()) {
        try {
          database.query("SELECT " + column.format.get().of("''"), row -> true);
        } catch (SQLException e) {
          throw new InvalidInputException(
              String.format(
                  "%s: formats: column '%s': '%s' is not a pattern of a time: %s",
                  label, column.name, column.format.get().name(), DuckDb.reason(e)),
              e);
        }
      }
    }
  }

  /** Whether a failure says that a value has another form. */
  static boolean isOtherForm(SQLException e) {
    return String.valueOf(e.getMessage()).contains(MARK);
  }

  /**
   * Finds the first value that has another form.
   *
   * @throws InvalidInputException naming file, column, row, value and format
   */
  void requireForms(WorkDatabase database, RawSource source) throws SQLException, IOException {
    for (Column column : columns) {
      if (column.format.isPresent()) {
        requireForm(database, source, column, column.format.get());
      }
    }
  }

  private void requireForm(
      WorkDatabase database, RawSource source, Column column, ValueFormat format)
      throws SQLException, IOException {
    record Found(long row, String text) {}
    List<Found> found =
        database.query(
            String.format(
                "SELECT r, x FROM (SELECT row_number() OVER () - 1 AS r, %s AS x FROM %s)"
                    + " WHERE x IS NOT NULL AND (%s) IS NULL ORDER BY r LIMIT 1",
                keep(column), source.relation(database), format.of("x")),
            row -> new Found(row.getLong(1), row.getString(2)));
    for (Found first : found) {
      throw new InvalidInputException(
          String.format(
              "%s: found '%s', expected %s",
              source.place(database, "column '" + column.name + "'", first.row),
              first.text,
              format.expected()));
    }
  }
}
