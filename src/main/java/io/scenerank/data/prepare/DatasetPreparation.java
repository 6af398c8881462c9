package io.scenerank.data.prepare;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.prepare.RawData.GuessedDescription;
import io.scenerank.feature.DefaultGroups;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Raw rows and the description by which they become a prepared data set. */
public final class DatasetPreparation {
  private final RawData rows;
  private final Description description;
  private final String yaml;
  private final Path base;

  /**
   * @param yaml the description as people wrote it, which the data set keeps
   * @param base folder of the description's relative paths
   */
  private DatasetPreparation(RawData rows, Description description, String yaml, Path base) {
    this.rows = rows;
    this.description = description;
    this.yaml = yaml;
    this.base = base;
  }

  /**
   * Rows as a file describes them.
   *
   * @param config the YAML: features, labels, scenario, user, split
   * @throws InvalidInputException if it is not there or wrong
   */
  public static DatasetPreparation described(RawData rows, Path config) throws IOException {
    return new DatasetPreparation(
        rows,
        Description.read(config),
        Files.readString(config, StandardCharsets.UTF_8),
        requireNonNull(config.toAbsolutePath().getParent(), "a file is in a folder"));
  }

  /** The rows of a public data set as its own description says. */
  public static DatasetPreparation ofNamed(RawData rows) {
    NamedSource named = rows.named();
    return new DatasetPreparation(rows, named.description(), named.yaml(), Path.of(""));
  }

  /**
   * Rows as they are guessed to be.
   *
   * @param guess one without a problem
   * @throws InvalidInputException if the guess has a problem
   */
  public static DatasetPreparation guessed(RawData rows, GuessedDescription guess) {
    return new DatasetPreparation(
        rows, Description.parse(guess.yaml(), "the guess"), guess.yaml(), Path.of(""));
  }

  /** The files or the folder that are read; the result must not replace them. */
  public ImmutableList<Path> places() {
    return rows.places();
  }

  /**
   * Writes the data set.
   *
   * @param groups of columns whose description names none
   * @param tables folders from which the description may take side tables, besides its own folder
   *     and those of the raw files
   * @param force whether an existing folder is replaced
   * @throws InvalidInputException naming the file and the row, the column or the key that is wrong,
   *     or if {@code out} exists and {@code force} is false
   * @throws IOException if the disk or the memory does not suffice
   */
  public PrepareReport write(
      PrepareOptions options,
      DefaultGroups groups,
      ImmutableList<Path> tables,
      Path out,
      boolean force)
      throws IOException {
    return new Preparation(options, groups, base, tables)
        .write(description, yaml, rows.source(description.csv()), out, force);
  }

  /**
   * What a preparation came to.
   *
   * @param trainRows rows to train on
   * @param testRows rows to test on
   * @param split how the two were told apart
   * @param vocabularies ids of each table that has a vocabulary, 0 among them
   * @param unseen of each column with a vocabulary, values of test rows that are not in it
   * @param unseenScenarios scenarios of test rows that no training row has; their id is 0
   * @param notes lines about the rows that people should read
   * @param extension which values got and lost ids; empty for rows that extend no data set
   */
  public record PrepareReport(
      long trainRows,
      long testRows,
      String split,
      ImmutableMap<String, Integer> vocabularies,
      ImmutableMap<String, Long> unseen,
      ImmutableList<String> unseenScenarios,
      ImmutableList<String> notes,
      Optional<ExtensionReport> extension) {

    /** The columns with the most unseen values, {@code item_id 12, city 3}; empty without any. */
    public Optional<String> unseenText() {
      return UnseenText.of(unseen);
    }
  }

  /**
   * What became of the ids of a data set that extends another one.
   *
   * @param generation how many data sets were extended until this one
   * @param tables by table that has a vocabulary
   * @param unseenRows rows with a value without an id
   */
  public record ExtensionReport(
      int generation, ImmutableMap<String, TableGrowth> tables, long unseenRows) {}

  /**
   * What became of the ids of a table.
   *
   * @param admitted values that got an id
   * @param evicted values that lost theirs
   * @param reused ids of the admitted values that another value had before
   * @param waiting values that occurred too rarely so far
   * @param size ids of the table, 0 among them
   */
  public record TableGrowth(long admitted, long evicted, long reused, long waiting, int size) {}
}
