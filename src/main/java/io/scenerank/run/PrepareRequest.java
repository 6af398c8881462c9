package io.scenerank.run;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.scenerank.PublicApi;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.DuckDb.DuckDbOptions;
import io.scenerank.data.prepare.CsvDescription;
import io.scenerank.data.prepare.PrepareOptions;
import io.scenerank.data.prepare.RawData;
import io.scenerank.data.prepare.RawData.GuessedDescription;
import io.scenerank.data.prepare.SavedEncoding.ExtensionOptions;
import io.scenerank.data.prepare.SavedEncoding.NewRowsSplit;
import io.scenerank.model.Models;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;

/** A request to write a data set from files; immutable. */
@PublicApi
public final class PrepareRequest {
  /** Sources that are no files, for the hint where a file is not there. */
  private static final ImmutableSet<String> NAMED =
      ImmutableSet.<String>builder().add("synthetic").addAll(RawData.names()).build();

  private final Rows rows;
  private final Place place;
  private final int threads;
  private final String memoryLimit;

  /**
   * What is prepared.
   *
   * @param source files, a folder or a glob, or the name of a public data set
   * @param raw the folder of a public data set's files
   * @param config the description; empty for a guess or the set's own
   * @param csv how CSV files are written, for a guess
   * @param earlier a run or a data set, as which the rows are encoded
   */
  private record Rows(
      String source,
      Optional<Path> raw,
      Optional<Path> config,
      CsvDescription csv,
      Optional<Earlier> earlier) {}

  /**
   * A run or a data set, as which rows are encoded.
   *
   * @param extension how new values get ids; empty where they get none
   */
  private record Earlier(Path folder, NewRowsSplit split, Optional<ExtensionOptions> extension) {}

  /**
   * Where the result goes.
   *
   * @param tables further folders from which a description may take side tables
   */
  private record Place(Path out, boolean force, ImmutableList<Path> tables) {}

  private PrepareRequest(Rows rows, Place place, int threads, String memoryLimit) {
    this.rows = rows;
    this.place = place;
    this.threads = threads;
    this.memoryLimit = memoryLimit;
  }

  private static PrepareRequest of(
      String source, Optional<Path> raw, Optional<Path> config, Path out) {
    return new PrepareRequest(
        new Rows(source, raw, config, CsvDescription.DEFAULT, Optional.empty()),
        new Place(out, false, ImmutableList.of()),
        0,
        "");
  }

  /**
   * Files that a YAML describes: features, labels, scenario, user, split.
   *
   * @param source a CSV or Parquet file, a folder or a glob
   */
  public static PrepareRequest of(String source, Path config, Path out) {
    return of(source, Optional.empty(), Optional.of(config), out);
  }

  /** Files whose description is guessed. */
  public static PrepareRequest guessed(String source, Path out) {
    return of(source, Optional.empty(), Optional.empty(), out);
  }

  /** A public data set that is known by name, for example {@code movielens-100k}. */
  public static PrepareRequest ofNamed(String name, Path files, Path out) {
    return of(name, Optional.of(files), Optional.empty(), out);
  }

  /** A description instead of a guess, or instead of the public data set's own. */
  public PrepareRequest withConfig(Path yaml) {
    return with(new Rows(rows.source, rows.raw, Optional.of(yaml), rows.csv, rows.earlier));
  }

  /** How CSV files are written, for a guess. */
  public PrepareRequest withCsv(CsvDescription csv) {
    return with(new Rows(rows.source, rows.raw, rows.config, csv, rows.earlier));
  }

  /**
   * Encodes the rows as a run or a data set is, with its description and vocabularies.
   *
   * @param split which rows are for testing
   */
  public PrepareRequest withEncoding(Path encoding, NewRowsSplit split) {
    return with(new Earlier(encoding, split, Optional.empty()));
  }

  /**
   * Encodes the rows as a run or a data set is, with its description, and gives ids to values that
   * have none: behind those of before, once they occurred {@code min_count} times in all.
   *
   * @param split which rows are for testing
   */
  public PrepareRequest withExtension(Path earlier, NewRowsSplit split) {
    return with(
        new Earlier(
            earlier, split, Optional.of(new ExtensionOptions(split, false, Optional.empty()))));
  }

  /**
   * The day of new rows that no column tells, by which values are evicted. Default: a day after the
   * rows before.
   *
   * @throws InvalidInputException if {@link #withExtension} was not called
   */
  public PrepareRequest withDay(LocalDate day) {
    ExtensionOptions options = extension();
    return with(new ExtensionOptions(options.split(), options.refitBins(), Optional.of(day)));
  }

  /**
   * Whether the training rows of the new day decide where bins end. Default: bins stay.
   *
   * @throws InvalidInputException if {@link #withExtension} was not called
   */
  public PrepareRequest withRefitBins(boolean refit) {
    ExtensionOptions options = extension();
    return with(new ExtensionOptions(options.split(), refit, options.day()));
  }

  private ExtensionOptions extension() {
    return rows.earlier
        .flatMap(Earlier::extension)
        .orElseThrow(
            () ->
                new InvalidInputException(
                    "day and refitBins (--day, --refit-bins) are for rows that extend a data set"
                        + " (--extend)"));
  }

  private PrepareRequest with(ExtensionOptions options) {
    Earlier earlier = rows.earlier.orElseThrow();
    return with(new Earlier(earlier.folder, earlier.split, Optional.of(options)));
  }

  private PrepareRequest with(Earlier earlier) {
    return with(new Rows(rows.source, rows.raw, rows.config, rows.csv, Optional.of(earlier)));
  }

  /** Further folders from which the description may join side tables. */
  public PrepareRequest withTables(List<Path> folders) {
    return with(new Place(place.out, place.force, ImmutableList.copyOf(folders)));
  }

  /** Whether an existing folder is replaced, once the new one is complete. Default: no. */
  public PrepareRequest withForce(boolean force) {
    return with(new Place(place.out, force, place.tables));
  }

  /**
   * Threads to work with; 0, the default, for one for each core.
   *
   * @throws InvalidInputException if the number is negative
   */
  public PrepareRequest withThreads(int number) {
    return new PrepareRequest(rows, place, new DuckDbOptions(number).threads(), memoryLimit);
  }

  /** The most memory to work in, for example {@code 4GB}. Default: four fifths of the machine's. */
  public PrepareRequest withMemoryLimit(String size) {
    return new PrepareRequest(rows, place, threads, size);
  }

  private PrepareRequest with(Rows changed) {
    return new PrepareRequest(changed, place, threads, memoryLimit);
  }

  private PrepareRequest with(Place changed) {
    return new PrepareRequest(rows, changed, threads, memoryLimit);
  }

  private PrepareOptions options(ProgressListener listener) {
    return new PrepareOptions(new DuckDbOptions(threads), memoryLimit, new StepProgress(listener));
  }

  /**
   * Checks that the files are there, before any other question.
   *
   * @throws InvalidInputException if they are not there or not of one format
   */
  public void requireFiles() throws IOException {
    FilePreparation.files(rows.source, NAMED);
  }

  /** The guessed description of the files. */
  String guess(Models models, ProgressListener listener) throws IOException {
    return GuessedDescription.of(
            FilePreparation.files(rows.source, NAMED), rows.csv, options(listener), models.groups())
        .yaml();
  }

  PrepareResult prepare(Models models, ProgressListener listener) throws IOException {
    OutputFolder out = new OutputFolder(place.out, place.force);
    PrepareOptions options = options(listener);
    if (rows.earlier.isPresent()) {
      Earlier earlier = rows.earlier.get();
      return new NewRowsPreparation(
              earlier.folder, earlier.split, earlier.extension, out, options, listener)
          .write(newRows());
    }
    return find(options, models, out).write(out, place.tables, models, listener);
  }

  private RawData newRows() throws IOException {
    return rows.raw.isPresent()
        ? RawData.named(rows.source, rows.raw.get())
        : FilePreparation.files(rows.source, NAMED);
  }

  private FilePreparation find(PrepareOptions options, Models models, OutputFolder out)
      throws IOException {
    if (rows.raw.isPresent()) {
      return FilePreparation.named(rows.source, rows.raw.get(), rows.config, options);
    }
    RawData files = FilePreparation.files(rows.source, NAMED);
    return rows.config.isPresent()
        ? FilePreparation.of(files, rows.config.get(), options)
        : FilePreparation.guess(files, rows.csv, options, models, out);
  }
}
