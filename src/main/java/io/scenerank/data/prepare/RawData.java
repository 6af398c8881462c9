package io.scenerank.data.prepare;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.scenerank.config.InvalidInputException;
import io.scenerank.feature.DefaultGroups;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Raw rows: those of files, or of a public data set that is known by its name. */
public final class RawData {
  private final ImmutableList<Path> places;
  private final Reader reader;

  /** Reads the rows. */
  private sealed interface Reader permits OfFiles, OfName {
    RawSource source(CsvDescription csv);
  }

  private record OfFiles(SourceFiles files) implements Reader {
    @Override
    public RawSource source(CsvDescription csv) {
      return new FileSource(files, csv);
    }
  }

  private record OfName(NamedSource named) implements Reader {
    @Override
    public RawSource source(CsvDescription csv) {
      return named.rows();
    }
  }

  private RawData(ImmutableList<Path> places, Reader reader) {
    this.places = places;
    this.reader = reader;
  }

  /** Names of the public data sets. */
  public static ImmutableSet<String> names() {
    return NamedSource.names();
  }

  /**
   * Finds files.
   *
   * @param source a file, a folder, whose CSV and Parquet files are taken and those of partitions
   *     in it, or a glob as {@code logs/2022-*.csv}
   * @throws InvalidInputException if there is none, some are CSV and others Parquet, their folders
   *     name other columns, or one is compressed or encoded in a way that cannot be read
   */
  public static RawData files(String source) throws IOException {
    SourceFiles files = SourceFiles.find(source, Path.of(""));
    return new RawData(files.files(), new OfFiles(files));
  }

  /**
   * Finds the files of a public data set.
   *
   * @param folder its raw files
   * @throws InvalidInputException if there is no data set of the name, or naming the file that the
   *     folder lacks
   */
  public static RawData named(String name, Path folder) throws IOException {
    return new RawData(ImmutableList.of(folder), new OfName(NamedSource.open(name, folder)));
  }

  /** The files or the folder that are read; a result must not replace them. */
  public ImmutableList<Path> places() {
    return places;
  }

  /**
   * Writes the rows of CSV files as Parquet, in their order: a column of texts for each of their
   * columns.
   *
   * @param work an empty folder for temporary files, which the caller deletes
   * @return lines about the rows that people should read
   * @throws InvalidInputException if a line is not a row, or the file is empty
   */
  public ImmutableList<String> writeTexts(PrepareOptions options, Path work, Path target)
      throws IOException {
    return CsvTexts.write(files(), options, work, target);
  }

  /** The rows, in CSV files as they are described. */
  RawSource source(CsvDescription csv) {
    return reader.source(csv);
  }

  /** The public data set. */
  NamedSource named() {
    if (reader instanceof OfName of) {
      return of.named();
    }
    throw new IllegalStateException(this + ": is not a public data set");
  }

  /** The files, of which no data set is known. */
  SourceFiles files() {
    if (reader instanceof OfFiles of) {
      return of.files();
    }
    throw new IllegalStateException(this + ": is a public data set");
  }

  /** How messages call the rows. */
  @Override
  public String toString() {
    return reader instanceof OfFiles of ? of.files().toString() : places.get(0).toString();
  }

  /**
   * A guess at what raw rows are.
   *
   * @param yaml a description with comments, as a file of it would say it
   * @param notes lines that people should read
   * @param problem why rows cannot be prepared with it as it is; empty where they can
   */
  public record GuessedDescription(
      String yaml, ImmutableList<String> notes, Optional<String> problem) {

    /**
     * Guesses a description of files.
     *
     * @param csv how CSV files are written
     * @param groups that columns get, so that models read them
     * @throws InvalidInputException if the files cannot be read as tables or have no rows
     * @throws IOException if the disk or the memory does not suffice
     */
    public static GuessedDescription of(
        RawData rows, CsvDescription csv, PrepareOptions options, DefaultGroups groups)
        throws IOException {
      return new Guess(options, groups).of(rows.files(), csv);
    }
  }
}
