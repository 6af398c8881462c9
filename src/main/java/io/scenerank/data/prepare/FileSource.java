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
import org.jspecify.annotations.Nullable;

/** The rows of raw files, one file after the other; columns of partitions come last. */
final class FileSource implements RawSource {
  private static final String BYTES = "BLOB";

  private final SourceFiles files;
  private final CsvDescription format;
  private @Nullable CsvTable csv; // what their lines say, once they were read

  /**
   * @param files where they are
   * @param format how CSV files are read
   */
  FileSource(SourceFiles files, CsvDescription format) {
    this.files = files;
    this.format = format;
  }

  @Override
  public String label() {
    return files.toString();
  }

  @Override
  public ImmutableList<Path> reads() {
    return files.files();
  }

  @Override
  public ImmutableMap<String, String> columns(WorkDatabase database)
      throws SQLException, IOException {
    ImmutableMap<String, String> own = own(database);
    ImmutableMap.Builder<String, String> columns = ImmutableMap.builder();
    own.forEach((name, type) -> columns.put(name, type.replace(BYTES, "VARCHAR")));
    partitions(own.keySet()).forEach(name -> columns.put(name, "VARCHAR"));
    return columns.buildOrThrow();
  }

  /**
   * Name and type of each column that the files have themselves: the type that holds the values of
   * all of them, as one may have integers where another has fractions or texts.
   */
  ImmutableMap<String, String> own(WorkDatabase database) throws SQLException, IOException {
    return files.parquet() ? columnsOf(database, files.files()) : csv(database).columns();
  }

  /** The columns of folders; where the files have one of the name, theirs counts. */
  private ImmutableSet<String> partitions(ImmutableSet<String> own) {
    return files.partitions().stream()
        .filter(name -> own.stream().noneMatch(name::equalsIgnoreCase))
        .collect(ImmutableSet.toImmutableSet());
  }

  @Override
  public String relation(WorkDatabase database) throws SQLException, IOException {
    String rows = files.parquet() ? parquet(database) : csv(database).relation();
    ImmutableMap<String, String> own = own(database);
    String partitions =
        partitions(own.keySet()).stream()
            .map(name -> ", " + Partitions.value(name) + " AS " + DuckDb.name(name))
            .collect(Collectors.joining());
    return String.format(
        "(SELECT * EXCLUDE (%s)%s%s FROM %s)", Partitions.FILE, readable(own), partitions, rows);
  }

  /**
   * Makes texts of the columns that a file holds as bytes: programs older than Parquet's own texts,
   * and some of today, write texts so. Bytes that are no UTF-8 stay as DuckDB writes them.
   */
  private static String readable(ImmutableMap<String, String> columns) {
    String texts =
        columns.entrySet().stream()
            .map(column -> texts(DuckDb.name(column.getKey()), column.getValue()))
            .flatMap(Optional::stream)
            .collect(Collectors.joining(", "));
    return texts.isEmpty() ? "" : " REPLACE (" + texts + ")";
  }

  private static Optional<String> texts(String name, String type) {
    return switch (type) {
      case BYTES -> Optional.of(text(name) + " AS " + name);
      case BYTES + "[]" ->
          Optional.of(
              String.format("list_transform(%1$s, lambda x: %2$s) AS %1$s", name, text("x")));
      default -> Optional.empty();
    };
  }

  private static String text(String bytes) {
    return String.format("coalesce(TRY(decode(%1$s)), CAST(%1$s AS VARCHAR))", bytes);
  }

  private CsvTable csv(WorkDatabase database) throws SQLException, IOException {
    if (csv == null) {
      csv = explained(() -> CsvTable.open(database, files.files(), format));
    }
    return csv;
  }

  /** The same files, quoted as they seem to be. */
  FileSource withQuotesFound(WorkDatabase database) throws SQLException, IOException {
    return files.parquet() || format.quote() != null || format.escape() != null
        ? this
        : new FileSource(files, explained(() -> QuoteFinder.find(database, csv(database))));
  }

  /** How CSV files are read. */
  CsvDescription format() {
    return format;
  }

  private String parquet(WorkDatabase database) throws SQLException {
    ImmutableMap<String, String> first =
        columnsOf(database, ImmutableList.of(files.files().get(0)));
    for (Path file : files.files().subList(1, files.files().size())) {
      ImmutableMap<String, String> other = columnsOf(database, ImmutableList.of(file));
      if (!other.keySet().equals(first.keySet())) {
        throw CsvTable.differs(
            file, other.keySet().toString(), files.files().get(0), first.keySet().toString());
      }
    }
    return parquet(files.files());
  }

  private static String parquet(ImmutableList<Path> files) {
    return String.format(
        "read_parquet(%s, union_by_name = true, hive_partitioning = false, filename = '%s')",
        CsvLines.list(files), Partitions.FILE);
  }

  private static ImmutableMap<String, String> columnsOf(
      WorkDatabase database, ImmutableList<Path> files) throws SQLException {
    return database.columns(
        String.format("SELECT * EXCLUDE (%s) FROM %s", Partitions.FILE, parquet(files)));
  }

  @Override
  public WorkDatabase.Step reading() throws IOException {
    return new WorkDatabase.Step("read", files.bytes(), "bytes");
  }

  @Override
  public void requireAll(WorkDatabase database, long rows) throws SQLException, IOException {
    if (!files.parquet()) {
      csv(database).requireAll(database, rows, this);
    }
  }

  @Override
  public void requireRaw(WorkDatabase database) throws SQLException {
    if (files.parquet()) {
      database.forEach(
          "SELECT file_name FROM " + DuckDb.fingerprints(CsvLines.list(files.files())) + " LIMIT 1",
          row -> {
            throw new InvalidInputException(
                row.getString(1)
                    + ": holds rows of a prepared data set, which are encoded; expected raw rows");
          });
    }
  }

  @Override
  public Optional<InvalidInputException> refusal(SQLException e) {
    return files.parquet() ? Optional.empty() : CsvFailure.of(e, label());
  }

  /** What reads files. */
  @FunctionalInterface
  private interface Reading<T> {
    T read() throws SQLException, IOException;
  }

  private <T> T explained(Reading<T> reading) throws SQLException, IOException {
    try {
      return reading.read();
    } catch (SQLException e) {
      requireReadable(e);
      throw e;
    }
  }

  @Override
  public String place(WorkDatabase database, String what, long row)
      throws SQLException, IOException {
    long before = 0;
    for (Path file : files.files()) {
      long rows =
          files.files().size() == 1
              ? Long.MAX_VALUE
              : database.number(
                  "SELECT count(*) FROM "
                      + new FileSource(files.only(file), format).relation(database));
      if (row - before < rows) {
        return file + ": " + what + ", row " + (row - before);
      }
      before += rows;
    }
    return label() + ": " + what + ", row " + row;
  }
}
