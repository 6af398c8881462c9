package io.scenerank.data.prepare;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.data.DuckDb;
import io.scenerank.feature.InvalidInputException;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.stream.Collectors;

/**
 * The rows of raw files, one file after the other.
 *
 * @param files where they are
 * @param csv how they are written if they are CSV
 */
record FileSource(SourceFiles files, CsvDescription csv) implements RawSource {
  @Override
  public String label() {
    return files.toString();
  }

  @Override
  public ImmutableMap<String, String> columns(WorkDatabase database) throws SQLException {
    return files.parquet()
        ? database.columns("SELECT * FROM " + parquet(database))
        : header(database).columns().stream()
            .collect(ImmutableMap.toImmutableMap(name -> name, name -> "VARCHAR"));
  }

  @Override
  public String relation(WorkDatabase database) throws SQLException {
    return files.parquet() ? parquet(database) : header(database).relation(list(files.files()));
  }

  /** The files' common header. */
  private CsvHeader header(WorkDatabase database) throws SQLException {
    CsvHeader first = CsvHeader.read(database, files.files().get(0), csv);
    for (Path file : files.files().subList(1, files.files().size())) {
      CsvHeader other = CsvHeader.read(database, file, csv);
      if (!other.equals(first)) {
        throw differs(file, other.columns().toString(), first.columns().toString());
      }
    }
    return first;
  }

  private String parquet(WorkDatabase database) throws SQLException {
    ImmutableMap<String, String> first = columnsOf(database, files.files().get(0));
    for (Path file : files.files().subList(1, files.files().size())) {
      ImmutableMap<String, String> other = columnsOf(database, file);
      if (!other.keySet().equals(first.keySet())) {
        throw differs(file, other.keySet().toString(), first.keySet().toString());
      }
    }
    return String.format("read_parquet(%s, union_by_name = true)", list(files.files()));
  }

  private static ImmutableMap<String, String> columnsOf(WorkDatabase database, Path file)
      throws SQLException {
    return database.columns("SELECT * FROM read_parquet(" + list(ImmutableList.of(file)) + ")");
  }

  private InvalidInputException differs(Path file, String found, String expected) {
    return new InvalidInputException(
        String.format(
            "%s: has the columns %s, expected those of %s, %s",
            file, found, files.files().get(0), expected));
  }

  private static String list(ImmutableList<Path> files) {
    return files.stream()
        .map(file -> DuckDb.text(file.toString()))
        .collect(Collectors.joining(", ", "[", "]"));
  }

  @Override
  public WorkDatabase.Step reading() throws IOException {
    return new WorkDatabase.Step("read", files.bytes(), "bytes");
  }

  @Override
  public String place(WorkDatabase database, String what, long row) throws SQLException {
    long before = 0;
    for (Path file : files.files()) {
      long rows =
          files.files().size() == 1
              ? Long.MAX_VALUE
              : database.number(
                  "SELECT count(*) FROM "
                      + new FileSource(
                              new SourceFiles(ImmutableList.of(file), files.parquet()), csv)
                          .relation(database));
      if (row - before < rows) {
        return file + ": " + what + ", row " + (row - before);
      }
      before += rows;
    }
    return label() + ": " + what + ", row " + row;
  }
}
