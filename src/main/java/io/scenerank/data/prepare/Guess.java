package io.scenerank.data.prepare;

import com.google.common.collect.ImmutableList;
import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.DuckDb;
import io.scenerank.data.prepare.RawData.GuessedDescription;
import io.scenerank.feature.DefaultGroups;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Guesses a first description from raw files: what each column is for, by its name, its values'
 * kind and how many there are. Of large files the first million rows are looked at.
 */
final class Guess {
  private static final int ROWS = 1_000_000;
  private static final String NO_HEADER =
      "the first line is treated as a row, not as names; 'names' below names the columns";

  private final PrepareOptions options;
  private final DefaultGroups groups;

  /**
   * @param groups that columns get, so that models read them
   */
  Guess(PrepareOptions options, DefaultGroups groups) {
    this.options = options;
    this.groups = groups;
  }

  /**
   * Guesses a description.
   *
   * @param csv how CSV files are written
   * @throws InvalidInputException if the files cannot be read as tables or have no rows
   * @throws IOException if the disk or the memory does not suffice
   */
  GuessedDescription of(SourceFiles files, CsvDescription csv) throws IOException {
    Path work = Files.createTempDirectory("scenerank-guess");
    FileSource described = new FileSource(files, csv);
    try {
      try (WorkDatabase database =
          new WorkDatabase(options, work, DuckDb.Access.NONE.withFiles(described.reads()))) {
        GuessedTable table = table(database, source(database, files, csv), files);
        GuessedTable noted = csv.header() && !table.csv().header() ? table.noted(NO_HEADER) : table;
        return new GuessedDescription(
            new GuessYaml(noted, groups).write(), noted.notes(), GuessProblem.of(noted));
      } catch (SQLException e) {
        described.requireReadable(e);
        throw new IOException(described.label() + ": " + DuckDb.reason(e), e);
      }
    } finally {
      MoreFiles.deleteRecursively(work, RecursiveDeleteOption.ALLOW_INSECURE);
    }
  }

  /** The files, with or without a header and quoted as they seem to be. */
  private static FileSource source(WorkDatabase database, SourceFiles files, CsvDescription csv)
      throws SQLException, IOException {
    CsvDescription found =
        files.parquet() ? csv : HeaderFinder.find(database, files.files().get(0), csv);
    FileSource source = new FileSource(files, found).withQuotesFound(database);
    return found.header() || !found.names().isEmpty()
        ? source
        : new FileSource(files, source.format().withNames(source.own(database).keySet().asList()));
  }

  private static GuessedTable table(WorkDatabase database, FileSource source, SourceFiles files)
      throws SQLException, IOException {
    SqlSource first =
        new SqlSource(
            source.label(),
            "SELECT * FROM " + source.relation(database) + " LIMIT " + ROWS,
            source.reads(),
            source.reading().total());
    MissingMarks.Found found =
        new MissingMarks(
                database, marks -> new RawReader(database, marks).read(first, name -> true))
            .find();
    if (database.number("SELECT count(*) FROM " + WorkDatabase.rows(found.table().file())) == 0) {
      throw new InvalidInputException(source.label() + ": no rows, expected at least two");
    }
    FormatFinder.Found formats = new FormatFinder(database, found.table()).find();
    RawTable table =
        formats.formats().isEmpty()
            ? found.table()
            : new RawReader(database, found.marks(), formats.raw()).read(first, name -> true);
    ImmutableList<GuessedColumn> columns =
        new FactsFinder(database, table)
            .find().stream()
                .map(RoleFinder::find)
                .map(column -> readable(column, formats))
                .collect(ImmutableList.toImmutableList());
    GuessedLabels labels = GuessedLabels.of(columns);
    GuessedSplit split = new GuessedSplit.Finder(database, table, labels.where()).find(columns);
    return new GuessedTable(
        name(files.files()),
        source.format(),
        columns.stream().mapToLong(c -> c.profile().rows()).findFirst().orElse(0),
        found.columns(),
        formats.formats(),
        withValues(columns, split),
        labels,
        split,
        notes(database, table, columns, labels, split, formats));
  }

  /** A column whose values no feature can read is left out. */
  private static GuessedColumn readable(GuessedColumn column, FormatFinder.Found formats) {
    String refused = formats.refused().get(column.name());
    return refused == null ? column : GuessedColumn.leftOut(column.facts(), refused);
  }

  /** A column without a value in the training rows gets no vocabulary. */
  private static ImmutableList<GuessedColumn> withValues(
      ImmutableList<GuessedColumn> columns, GuessedSplit split) {
    return columns.stream()
        .map(
            column ->
                column.isFeature() && split.withoutValues().contains(column.name())
                    ? GuessedColumn.leftOut(column.facts(), "missing in all training rows")
                    : column)
        .collect(ImmutableList.toImmutableList());
  }

  private static ImmutableList<String> notes(
      WorkDatabase database,
      RawTable table,
      ImmutableList<GuessedColumn> columns,
      GuessedLabels labels,
      GuessedSplit split,
      FormatFinder.Found formats)
      throws SQLException {
    return Stream.of(
            database.notes().stream(),
            formats.notes().stream(),
            new TextNotes(database, table).of(columns).stream(),
            labels.notes().stream(),
            columns.stream().map(GuessedColumn::note).flatMap(Optional::stream),
            split.note().stream())
        .flatMap(lines -> lines)
        .distinct()
        .collect(ImmutableList.toImmutableList());
  }

  /** The name of the only file, or of the folder of several; of none in the root folder. */
  static String name(List<Path> files) {
    Path first = files.get(0).toAbsolutePath();
    Path named = files.size() == 1 ? first : first.getParent();
    while (named != null && Partitions.isOne(named)) {
      named = named.getParent();
    }
    return named == null || named.getFileName() == null
        ? "unnamed"
        : named
            .getFileName()
            .toString()
            .replaceAll("(?i)\\.(csv|tsv|txt|dat|data|inter|log|parquet|pq)\\b.*$", "");
  }
}
