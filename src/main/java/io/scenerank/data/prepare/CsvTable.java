package io.scenerank.data.prepare;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.DuckDb;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * CSV files of one table, and what their lines say.
 *
 * @param headers of each file
 * @param lines how many there are
 * @param mixed whether lines, or parts of fields, end in different ways; then a carriage return
 *     alone ends none
 * @param strict whether all lines end alike, so that DuckDB itself refuses what is not well formed
 */
record CsvTable(
    ImmutableList<Path> files,
    CsvDescription format,
    ImmutableList<CsvHeader> headers,
    Lines lines,
    boolean mixed,
    boolean strict) {

  /**
   * Numbers of lines.
   *
   * @param all all of them
   * @param filled those that are not blank
   * @param quoted those with a quote
   */
  record Lines(long all, long filled, long quoted) {}

  /**
   * Looks at all lines.
   *
   * @throws InvalidInputException if a file is empty, or has other columns than the first
   */
  static CsvTable open(WorkDatabase database, ImmutableList<Path> files, CsvDescription format)
      throws SQLException, IOException {
    ImmutableList.Builder<CsvHeader> headers = ImmutableList.builder();
    for (Path file : files) {
      headers.add(CsvHeader.read(database, file, format));
    }
    CsvLines.Counted<Lines> lines =
        CsvLines.count(
            database,
            files,
            String.format(
                "count(*), count(*) FILTER (%s), count(*) FILTER (%s)",
                CsvLines.FILLED,
                format.quoteMark().isEmpty()
                    ? "false"
                    : "contains(line, " + DuckDb.text(format.quoteMark()) + ")"),
            row -> new Lines(row.getLong(1), row.getLong(2), row.getLong(3)));
    CsvTable table = new CsvTable(files, format, headers.build(), lines.value(), false, true);
    table.requireAlike();
    return lines.lines().mixed() ? table.ofMixedLines(database) : table;
  }

  private void requireAlike() {
    for (int i = 1; i < files.size(); i++) {
      if (!headers.get(i).isLike(first())) {
        throw differs(
            files.get(i),
            headers.get(i).columns().toString(),
            files.get(0),
            first().columns().toString());
      }
    }
  }

  static InvalidInputException differs(Path file, String found, Path first, String expected) {
    return new InvalidInputException(
        String.format(
            "%s: has the columns %s, expected those of %s, %s", file, found, first, expected));
  }

  /** Only line breaks within quotes may differ from line ends; else DuckDB must be lenient. */
  private CsvTable ofMixedLines(WorkDatabase database) throws SQLException, IOException {
    Optional<String> bad = WellFormedLines.firstOther(database, this);
    CsvTable counted =
        new CsvTable(files, format, headers, LineEnds.count(files, lines), true, true);
    if (bad.isPresent() && isRead(database)) {
      return counted;
    }
    LineEnds.requireLineFeeds(files);
    if (bad.isPresent()) {
      throw new InvalidInputException(bad.get());
    }
    return new CsvTable(files, format, headers, counted.lines, true, false);
  }

  private boolean isRead(WorkDatabase database) throws SQLException {
    try {
      database.number("SELECT count(*) FROM " + relation());
      return true;
    } catch (SQLException e) {
      if (CsvLines.isMixed(e)) {
        return false;
      }
      throw e;
    }
  }

  CsvHeader first() {
    return headers.get(0);
  }

  /** The same files, quoted in another way. */
  CsvTable with(CsvDescription other) {
    return new CsvTable(files, other, headers, lines, mixed, strict);
  }

  /** Name and type of each column. */
  ImmutableMap<String, String> columns() {
    return first().columns().stream()
        .collect(ImmutableMap.toImmutableMap(name -> name, name -> "VARCHAR"));
  }

  /** The rows, with the path of each one's file in {@link Partitions#FILE}. */
  String relation() {
    if (ImmutableSet.copyOf(headers).size() == 1) {
      return first().relation(files, format, strict);
    }
    ImmutableList.Builder<String> parts = ImmutableList.builder();
    for (int i = 0; i < files.size(); i++) {
      ImmutableList<Path> file = ImmutableList.of(files.get(i));
      parts.add("SELECT * FROM " + headers.get(i).relation(file, format, strict));
    }
    return parts.build().stream().collect(Collectors.joining(" UNION ALL ", "(", ")"));
  }

  /**
   * Checks that each line became a row, or a part of a quoted field.
   *
   * @param rows how many rows were read
   * @throws InvalidInputException if lines are missing, or quoted fields hold what looks like rows
   */
  void requireAll(WorkDatabase database, long rows, RawSource source)
      throws SQLException, IOException {
    long expected = lines.filled - (format.header() ? files.size() : 0);
    if (first().columns().size() == 1) {
      expected += lines.all - lines.filled - headers.stream().mapToLong(CsvHeader::blank).sum();
    }
    if (rows != expected) {
      LongFields.require(database, this, rows, expected, source);
    }
  }
}
