package io.scenerank.data.prepare;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Sets;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.DuckDb.DuckDbOptions;
import io.scenerank.data.prepare.DatasetPreparation.PrepareReport;
import io.scenerank.feature.EncodingFingerprint;
import io.scenerank.feature.RawEncoding;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Optional;
import java.util.Set;

/**
 * How the rows of a prepared data set, or of the one that a run was trained on, were encoded; other
 * raw rows get the same ids with it.
 */
public final class SavedEncoding {
  /** Name of the file that says it. */
  public static final String FILE = Encoding.FILE;

  private final KnownEncoding known;
  private final PrepareOptions options;

  private SavedEncoding(KnownEncoding known, PrepareOptions options) {
    this.known = known;
    this.options = options;
  }

  /** Whether a folder says how its rows were encoded. */
  public static boolean isIn(Path folder) {
    return Encoding.isIn(folder);
  }

  /**
   * Copies what encodes raw rows from a data set to a run that is trained on it; a data set without
   * an encoding has nothing to copy.
   *
   * @throws InvalidInputException naming a file of the data set that is missing
   */
  public static void copy(Path dataset, Path run) throws IOException {
    Encoding.copy(dataset, run);
  }

  /**
   * Opens the encoding of a prepared data set, or of a run that was trained on one.
   *
   * @throws InvalidInputException if it has none, or a damaged one
   */
  public static SavedEncoding open(Path folder, PrepareOptions options) {
    return new SavedEncoding(KnownEncoding.open(folder), options);
  }

  /**
   * Reads the encoding as what a graph computes, so that a served model takes raw values.
   *
   * @param folder of a prepared data set, or of a run that was trained on one
   * @param features those that the model reads
   * @throws InvalidInputException if the folder has no encoding or a damaged one; naming every
   *     feature that is not encoded, or whose encoding a graph does not compute, and why
   */
  public static RawEncoding forServing(Path folder, Set<String> features, DuckDbOptions duckDb) {
    return ServingEncoding.read(folder, features, duckDb);
  }

  /** How rows are encoded; empty where the schema does not say it. */
  public EncodingFingerprint fingerprint() {
    return known.schema().fingerprint();
  }

  /**
   * Writes encoded rows as Parquet, in the order of the raw ones: a column a feature, in the types
   * of a prepared data set.
   *
   * @param rows raw rows with the columns that the features need; others do not matter
   * @param features which features
   * @param work an empty folder for temporary files, which the caller deletes
   * @throws InvalidInputException naming the column that is not there, or file, row and value of
   *     what is not a number or misses in a dense column
   * @throws IOException if the disk or the memory does not suffice
   */
  public RawReport encode(RawData rows, Set<String> features, Path work, Path target)
      throws IOException {
    return new RawRows(known, options).encode(source(rows), features, work, target);
  }

  /**
   * Writes a prepared data set of new rows, labels too, with the expressions, vocabularies, bins
   * and side tables of the earlier one. What no vocabulary holds has the id 0.
   *
   * @throws InvalidInputException naming the file and the row, the column or the label that is
   *     wrong, or a file of the encoding that is damaged; if {@code out} exists and {@code force}
   *     is false
   * @throws IOException if the disk or the memory does not suffice
   */
  public PrepareReport write(RawData rows, NewRowsSplit split, Path out, boolean force)
      throws IOException {
    return new NewRows(known, options).write(source(rows), split, out, force);
  }

  /**
   * Writes a prepared data set of new rows as {@link #write}, whose new values get ids behind those
   * of before: a value of training rows that occurred {@code min_count} times in all data sets so
   * far. What {@code evict} of the description names loses its id.
   *
   * @throws InvalidInputException as {@link #write}
   * @throws IOException if the disk or the memory does not suffice
   */
  public PrepareReport extend(RawData rows, ExtensionOptions extension, Path out, boolean force)
      throws IOException {
    return new NewRows(known, options).extend(source(rows), extension, out, force);
  }

  /**
   * Writes rows to test a model on; the data set holds what the model reads, the user, the scenario
   * and the labels of its tasks, as far as raw rows give them, and nothing else.
   *
   * @param features what the model reads
   * @param tasks what the model predicts
   * @param out a new folder
   * @throws InvalidInputException as {@link #write}
   */
  public PrepareReport writeTest(RawData rows, Set<String> features, Set<String> tasks, Path out)
      throws IOException {
    NewRows newRows = new NewRows(known, options);
    return newRows.writeTest(
        source(rows),
        Sets.union(ImmutableSet.copyOf(features), newRows.roles()),
        Sets.intersection(ImmutableSet.copyOf(tasks), newRows.tasks()),
        out);
  }

  private RawSource source(RawData rows) {
    return rows.source(known.encoding().description().csv());
  }

  /** Which rows are for testing where new rows are encoded as earlier ones were. */
  public enum NewRowsSplit {
    /** As the description of the earlier rows says. */
    DESCRIBED,
    /** One row in five, at random. */
    RANDOM,
    /** All of them: for an evaluation alone. */
    TEST
  }

  /**
   * How a data set is extended.
   *
   * @param refitBins whether the new training rows decide where bins end
   * @param day when the rows were seen, where no column tells it; empty: a day later than those of
   *     the data set before
   */
  public record ExtensionOptions(NewRowsSplit split, boolean refitBins, Optional<LocalDate> day) {}

  /**
   * What raw rows came to.
   *
   * @param rows number of rows
   * @param unseen of each column with a vocabulary, values that are not in it; their id is 0
   * @param notes lines about the rows that people should read
   * @param texts of each column of texts, the texts of its ids in these rows
   */
  public record RawReport(
      long rows,
      ImmutableMap<String, Long> unseen,
      ImmutableList<String> notes,
      ImmutableMap<String, ImmutableList<String>> texts) {

    /** The columns with the most unseen values, {@code item_id 12, city 3}; empty without any. */
    public Optional<String> unseenText() {
      return UnseenText.of(unseen);
    }
  }
}
