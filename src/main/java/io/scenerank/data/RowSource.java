package io.scenerank.data;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.config.InvalidInputException;
import io.scenerank.feature.PackedLayout;
import io.scenerank.feature.Schema;
import io.scenerank.feature.Targets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongConsumer;

/**
 * Rows to train on or to score: in memory ({@link PackedRows}) or read from a file again and again
 * ({@link #stream}). Both deliver the same rows for the same {@link RowSequence}.
 */
public sealed interface RowSource permits PackedRows, StreamedRows {
  /**
   * The rows of a Parquet file, which are read again in every pass, for a file that is larger than
   * memory. A sparse feature is an integer column, a sequence a list of exactly {@code max_len}
   * integers, a dense feature a number or, where it has more than one dimension, a list of them; a
   * label is what {@link Targets} says, 0 or 1 by default, under its task's name, a true
   * probability a number under {@code p_<task>}. Values are checked while they are read; the file
   * has to stay as it is.
   *
   * @throws InvalidInputException if the file is missing, is not a Parquet file or has no row, or
   *     naming a column that is missing or of a wrong type
   */
  static RowSource stream(Path file, RowFormat format) {
    return StreamedRows.open(file, format);
  }

  /** What a row carries. */
  RowFormat format();

  /** Number of rows. */
  int size();

  /** Whether the probabilities that the labels were drawn from are known. */
  boolean hasProbabilities();

  /**
   * The rows of a sequence, one after another; the caller that opens a cursor closes it.
   *
   * @param first how many rows of the sequence are left out at its beginning; nothing is read for
   *     windows that lie wholly among them
   * @throws IllegalArgumentException if the sequence is one of another number of rows
   */
  RowCursor cursor(RowSequence sequence, int first);

  /** Every row in file order. */
  default RowCursor cursor() {
    return cursor(RowSequence.inOrder(size()), 0);
  }

  /**
   * Reads every row once to check it.
   *
   * @param progress hears the number of rows so far, now and then
   * @throws InvalidInputException naming feature or task, row and value of the first that is wrong
   */
  default void check(LongConsumer progress) {
    long done = 0;
    try (RowCursor cursor = cursor()) {
      while (cursor.next()) {
        done++;
        if (done % BlockedSequence.BLOCK_ROWS == 0) {
          progress.accept(done);
        }
      }
    }
  }

  /**
   * Some rows of every scenario, in memory: the same number of each, or all of a scenario with
   * fewer. Depends only on the arguments.
   *
   * @param size rows in all, roughly; more where 20 rows of each scenario are more
   * @return the rows, in their order, without true probabilities
   */
  default PackedRows sampleScenarios(int size, long seed) {
    return ScenarioSample.draw(this, size, seed);
  }

  /**
   * Goes through rows one by one. It is before the first row at the beginning; {@link #rows} and
   * {@link #row} hold until the next call of {@link #next}. For one thread at a time.
   */
  interface RowCursor extends AutoCloseable {
    /**
     * Moves to the next row.
     *
     * @return whether there is one
     * @throws io.scenerank.config.InvalidInputException naming the file and what is wrong in it, or
     *     that it has changed since it was opened
     */
    boolean next();

    /** Rows of which the current one is the {@link #row}-th. */
    PackedRows rows();

    /** Number of the current row among {@link #rows}, which is not its number in a file. */
    int row();

    /** Gives back what the cursor holds. */
    @Override
    void close();
  }

  /**
   * What a row of {@link PackedRows} carries.
   *
   * @param layout where each feature's values lie
   * @param tasks the labels, in order; empty if the rows have none
   * @param userColumn the sparse column whose id is the user, if known
   * @param scenarioColumn the sparse column whose id is the scenario, if known
   * @param texts of each column of texts, the texts of its ids; empty until rows are read
   * @param targets what the labels are
   */
  record RowFormat(
      PackedLayout layout,
      ImmutableList<String> tasks,
      Optional<String> userColumn,
      Optional<String> scenarioColumn,
      ImmutableMap<String, ImmutableList<String>> texts,
      Targets targets) {

    /** A format whose texts are not known, or without any, of labels that are 0 or 1. */
    public RowFormat(
        PackedLayout layout,
        ImmutableList<String> tasks,
        Optional<String> userColumn,
        Optional<String> scenarioColumn) {
      this(layout, tasks, userColumn, scenarioColumn, ImmutableMap.of(), Targets.NONE);
    }

    /** Every column of the schema, with its labels. */
    public static RowFormat of(Schema schema) {
      return new RowFormat(
          schema.layout(),
          schema.tasks(),
          Optional.of(schema.userColumn()),
          Optional.of(schema.scenario().column()),
          ImmutableMap.of(),
          schema.targets());
    }

    /** Features alone: no labels, and neither users nor scenarios known. */
    public static RowFormat features(PackedLayout layout) {
      return new RowFormat(layout, ImmutableList.of(), Optional.empty(), Optional.empty());
    }

    /** The same format without labels, for prediction. */
    public RowFormat withoutLabels() {
      return new RowFormat(
          layout, ImmutableList.of(), userColumn, scenarioColumn, texts, Targets.NONE);
    }

    /** The same format with the texts of the columns of texts. */
    public RowFormat withTexts(ImmutableMap<String, ImmutableList<String>> found) {
      return new RowFormat(layout, tasks, userColumn, scenarioColumn, found, targets);
    }

    /** The columns of sample weights, in the order in which rows carry them. */
    ImmutableList<String> weightColumns() {
      return targets.weightColumns(tasks);
    }

    /** Place among {@link #weightColumns} of the weights of a task; -1 where it has none. */
    int weightPosition(String task) {
      return weightColumns().indexOf(targets.of(task).weight());
    }

    /**
     * The texts of a column's ids.
     *
     * @throws InvalidInputException if they are not known
     */
    public ImmutableList<String> textsOf(String column) {
      ImmutableList<String> found = texts.get(column);
      if (found == null) {
        throw new InvalidInputException(
            "feature '" + column + "': the texts of its ids are not known, expected a data set");
      }
      return found;
    }

    /**
     * Checks that rows have what a model reads.
     *
     * @param model the model's columns
     * @param tasks the model's tasks; empty for prediction
     * @throws InvalidInputException naming a column or task that the rows lack, or a column that is
     *     of another type, width or vocabulary there
     */
    public void requireReads(PackedLayout model, List<String> tasks) {
      Projection.of(this, model, tasks);
    }

    /**
     * The position of each task's label in a row.
     *
     * @throws InvalidInputException naming a task that has no label in the rows
     */
    public int[] taskPositions(List<String> tasks) {
      return Projection.taskPositions(this, tasks);
    }

    /** The same format with these features and labels alone, besides the user and the scenario. */
    RowFormat only(Set<String> features, Set<String> labels) {
      Set<String> kept = new HashSet<>(features);
      userColumn.ifPresent(kept::add);
      scenarioColumn.ifPresent(kept::add);
      return new RowFormat(
          PackedLayout.of(
              layout.columns().stream().filter(column -> kept.contains(column.name())).toList()),
          tasks.stream().filter(labels::contains).collect(ImmutableList.toImmutableList()),
          userColumn,
          scenarioColumn,
          texts,
          targets);
    }

    /** Position among a row's ids of the column of this name; -1 if there is no name. */
    int position(Optional<String> column) {
      return column.map(name -> layout.offset(layout.column(name))).orElse(-1);
    }
  }
}
