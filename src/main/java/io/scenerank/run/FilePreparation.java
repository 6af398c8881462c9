package io.scenerank.run;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.scenerank.config.InvalidInputException;
import io.scenerank.config.SpellingHint;
import io.scenerank.data.PreparedDataset;
import io.scenerank.data.prepare.CsvDescription;
import io.scenerank.data.prepare.Description;
import io.scenerank.data.prepare.Guess;
import io.scenerank.data.prepare.GuessedDescription;
import io.scenerank.data.prepare.NamedSource;
import io.scenerank.data.prepare.Preparation;
import io.scenerank.data.prepare.PrepareOptions;
import io.scenerank.data.prepare.PrepareReport;
import io.scenerank.data.prepare.SourceFiles;
import io.scenerank.files.AtomicFile;
import io.scenerank.model.Models;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * Somebody's files and what is to become of them.
 *
 * @param places what is read; the result must not replace it
 * @param yaml the description as people read it
 * @param base folder of the description's relative paths
 * @param notes what a guess wants people to read
 * @param writer writes the rows of these files
 */
record FilePreparation(
    ImmutableList<Path> places,
    String yaml,
    Path base,
    PrepareOptions options,
    ImmutableList<String> notes,
    Writer writer) {

  /** Prepares certain rows as they are described. */
  @FunctionalInterface
  interface Writer {
    PrepareReport write(Preparation preparation, OutputFolder out) throws IOException;
  }

  /**
   * Finds the files.
   *
   * @param named sources that are no files
   * @throws InvalidInputException if they are not there or not of one format
   */
  static SourceFiles files(String source, Set<String> named) throws IOException {
    try {
      return SourceFiles.find(source, Path.of(""));
    } catch (InvalidInputException e) {
      Optional<String> near = SpellingHint.to(source, ImmutableSet.copyOf(named));
      throw near.isEmpty()
          ? e
          : new InvalidInputException(
              e.getMessage() + "; did you mean the built-in '" + near.get() + "'?", e);
    }
  }

  /**
   * Guesses the description.
   *
   * @param csv how CSV files are written
   * @param out the data set; a guess that cannot be used as it is is kept next to it
   * @throws InvalidInputException if the files cannot be read as tables, or have no label
   */
  static FilePreparation guess(
      SourceFiles files,
      CsvDescription csv,
      PrepareOptions options,
      Models models,
      OutputFolder out)
      throws IOException {
    out.requireFree(Optional.empty());
    GuessedDescription guess = new Guess(options, models.groups()).of(files, csv);
    if (guess.problem().isPresent()) {
      throw new InvalidInputException(
          String.format(
              "%s: the guess: labels is missing, expected an expression for each task: %s; %s",
              files, guess.problem().get(), keep(guess.yaml(), out)));
    }
    Description description = Description.parse(guess.yaml(), "the guess");
    return of(files, description, guess.yaml(), Path.of(""), options, guess.notes());
  }

  /**
   * Writes a guess that must be completed first to {@code OUT.yaml}, unless somebody has such a
   * file.
   *
   * @return where it is and what to do
   */
  private static String keep(String yaml, OutputFolder out) throws IOException {
    Path folder = out.path().toAbsolutePath().normalize();
    Path file = folder.resolveSibling(folder.getFileName() + ".yaml");
    if (Files.exists(file) && !out.force()) {
      return "a guess without out (--guess without --out) gives the description; complete it and"
          + " pass it as config (--config)";
    }
    AtomicFile.write(file, target -> Files.writeString(target, yaml));
    return "the guess is kept in " + file + "; complete it and pass it as config: --config " + file;
  }

  /**
   * Reads the description.
   *
   * @throws InvalidInputException if it is not there or wrong
   */
  static FilePreparation of(SourceFiles files, Path config, PrepareOptions options)
      throws IOException {
    return of(
        files, Description.read(config), text(config), folder(config), options, ImmutableList.of());
  }

  private static FilePreparation of(
      SourceFiles files,
      Description description,
      String yaml,
      Path base,
      PrepareOptions options,
      ImmutableList<String> notes) {
    return new FilePreparation(
        ImmutableList.copyOf(files.files()),
        yaml,
        base,
        options,
        notes,
        (preparation, out) -> preparation.write(description, yaml, files, out.path(), out.force()));
  }

  /**
   * Finds the files of a public data set.
   *
   * @param folder its raw files
   * @param config a description of the same rows instead of the set's own
   * @throws InvalidInputException if a file or the description is not there or wrong
   */
  static FilePreparation named(
      String name, Path folder, Optional<Path> config, PrepareOptions options) throws IOException {
    NamedSource source = NamedSource.open(name, folder);
    Description description = config.map(Description::read).orElse(source.description());
    String yaml = config.isPresent() ? text(config.get()) : source.yaml();
    return new FilePreparation(
        ImmutableList.of(folder),
        yaml,
        config.map(FilePreparation::folder).orElse(Path.of("")),
        options,
        ImmutableList.of(),
        (preparation, out) ->
            preparation.write(description, yaml, source.rows(), out.path(), out.force()));
  }

  private static String text(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.UTF_8);
  }

  private static Path folder(Path file) {
    return requireNonNull(file.toAbsolutePath().getParent(), "a file is in a folder");
  }

  /**
   * Writes the data set.
   *
   * @param tables further folders from which the description may take side tables
   */
  PrepareResult write(
      OutputFolder out, ImmutableList<Path> tables, Models models, ProgressListener progress)
      throws IOException {
    for (Path place : places) {
      out.requireFree(Optional.of(place));
    }
    long begin = System.nanoTime();
    PrepareReport report =
        writer.write(new Preparation(options, models.groups(), base, tables), out);
    double seconds = (System.nanoTime() - begin) / 1e9;
    ImmutableList<String> all =
        ImmutableList.<String>builder()
            .addAll(notes)
            .addAll(report.notes())
            .addAll(groups(models, out.path()))
            .build();
    all.forEach(progress::line);
    if (!report.unseenScenarios().isEmpty()) {
      progress.line(
          "scenarios that only test rows have, which become 'unseen' (id 0): "
              + String.join(", ", report.unseenScenarios()));
    }
    return new PrepareResult(
        report,
        all,
        "Values of test rows that do not occur in the training rows",
        out.path(),
        seconds);
  }

  /** Columns that no model reads. */
  private static ImmutableList<String> groups(Models models, Path data) {
    return models.notes(PreparedDataset.open(data).schema());
  }
}
