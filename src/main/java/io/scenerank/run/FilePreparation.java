package io.scenerank.run;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.scenerank.config.InvalidInputException;
import io.scenerank.config.SpellingHint;
import io.scenerank.data.PreparedDataset;
import io.scenerank.data.prepare.CsvDescription;
import io.scenerank.data.prepare.DatasetPreparation;
import io.scenerank.data.prepare.DatasetPreparation.PrepareReport;
import io.scenerank.data.prepare.PrepareOptions;
import io.scenerank.data.prepare.RawData;
import io.scenerank.data.prepare.RawData.GuessedDescription;
import io.scenerank.files.AtomicFile;
import io.scenerank.model.Models;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * Somebody's files and what is to become of them.
 *
 * @param notes what a guess wants people to read
 */
record FilePreparation(
    DatasetPreparation preparation, PrepareOptions options, ImmutableList<String> notes) {

  /**
   * Finds the files.
   *
   * @param named sources that are no files
   * @throws InvalidInputException if they are not there or not of one format
   */
  static RawData files(String source, Set<String> named) throws IOException {
    try {
      return RawData.files(source);
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
      RawData files, CsvDescription csv, PrepareOptions options, Models models, OutputFolder out)
      throws IOException {
    out.requireFree(Optional.empty());
    GuessedDescription guess = GuessedDescription.of(files, csv, options, models.groups());
    if (guess.problem().isPresent()) {
      throw new InvalidInputException(
          String.format(
              "%s: the guess: labels is missing, expected an expression for each task: %s; %s",
              files, guess.problem().get(), keep(guess.yaml(), out)));
    }
    return new FilePreparation(DatasetPreparation.guessed(files, guess), options, guess.notes());
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
  static FilePreparation of(RawData files, Path config, PrepareOptions options) throws IOException {
    return new FilePreparation(
        DatasetPreparation.described(files, config), options, ImmutableList.of());
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
    RawData rows = RawData.named(name, folder);
    return config.isPresent()
        ? of(rows, config.get(), options)
        : new FilePreparation(DatasetPreparation.ofNamed(rows), options, ImmutableList.of());
  }

  /**
   * Writes the data set.
   *
   * @param tables further folders from which the description may take side tables
   */
  PrepareResult write(
      OutputFolder out, ImmutableList<Path> tables, Models models, ProgressListener progress)
      throws IOException {
    for (Path place : preparation.places()) {
      out.requireFree(Optional.of(place));
    }
    long begin = System.nanoTime();
    PrepareReport report =
        preparation.write(options, models.groups(), tables, out.path(), out.force());
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
