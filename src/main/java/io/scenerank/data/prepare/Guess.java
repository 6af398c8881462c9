package io.scenerank.data.prepare;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import io.scenerank.data.DuckDb;
import io.scenerank.feature.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Optional;

/**
 * Guesses a first description from raw files: what each column is for, by its name, its values'
 * kind and how many there are. Of large files the first million rows are looked at.
 */
public final class Guess {
  private static final int ROWS = 1_000_000;

  private final PrepareOptions options;

  public Guess(PrepareOptions options) {
    this.options = options;
  }

  /**
   * A YAML with comments, which {@link Description} reads.
   *
   * @param csv how CSV files are written
   * @throws InvalidInputException if the files cannot be read as tables or have no rows
   * @throws IOException if the disk or the memory does not suffice
   */
  public String yaml(SourceFiles files, CsvDescription csv) throws IOException {
    Path work = Files.createTempDirectory("scenerank-guess");
    FileSource described = new FileSource(files, csv);
    try {
      try (WorkDatabase database = new WorkDatabase(options, work)) {
        FileSource source = described.withQuotesFound(database);
        SqlSource first =
            new SqlSource(
                source.label(),
                "SELECT * FROM " + source.relation(database) + " LIMIT " + ROWS,
                source.reading().total());
        RawTable table = new RawReader(database, ImmutableList.of()).read(first, name -> true);
        if (database.number("SELECT count(*) FROM " + WorkDatabase.rows(table.file())) == 0) {
          throw new InvalidInputException(source.label() + ": no rows, expected at least two");
        }
        ImmutableList<ColumnProfile> columns = ColumnProfile.of(database, table);
        return new GuessYaml(name(files), source.format(), columns, reserved(database)).write();
      } catch (SQLException e) {
        Optional<InvalidInputException> refusal = described.refusal(e);
        if (refusal.isPresent()) {
          throw refusal.get();
        }
        throw new IOException(described.label() + ": " + DuckDb.reason(e), e);
      }
    } finally {
      MoreFiles.deleteRecursively(work, RecursiveDeleteOption.ALLOW_INSECURE);
    }
  }

  /** Words that no column can be called without quotes. */
  private static ImmutableSet<String> reserved(WorkDatabase database) throws SQLException {
    return ImmutableSet.copyOf(
        database.query(
            "SELECT keyword_name FROM duckdb_keywords() WHERE keyword_category = 'reserved'",
            row -> row.getString(1)));
  }

  private static String name(SourceFiles files) {
    Path first = files.files().get(0).toAbsolutePath();
    Path named = files.files().size() == 1 ? first : first.getParent();
    while (Partitions.isOne(named) && named.getParent() != null) {
      named = named.getParent();
    }
    return named.getFileName().toString().replaceAll("(?i)\\.(csv|tsv|txt|parquet|pq)\\b.*$", "");
  }

  /** A name as it stands in SQL, with quotes where it needs them. */
  static String inSql(String name, ImmutableSet<String> reserved) {
    return name.matches("[A-Za-z_][A-Za-z0-9_]*")
            && !reserved.contains(name.toLowerCase(Locale.ROOT))
        ? name
        : DuckDb.name(name);
  }
}
