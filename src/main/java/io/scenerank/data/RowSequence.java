package io.scenerank.data;

import static com.google.common.base.Preconditions.checkArgument;

import io.scenerank.config.InvalidInputException;
import java.util.BitSet;

/**
 * Numbers of rows in the order in which they are delivered, cut into windows. A window's rows are
 * held in memory together, so that they can be in any order; windows follow one another. What a
 * sequence delivers depends on the arguments of its factory alone, never on where the rows lie.
 * Immutable.
 */
public interface RowSequence {
  /** Number of rows of the source that this is a sequence of. */
  int rows();

  /** Number of rows that are delivered. */
  int size();

  /** Number of windows. */
  int windows();

  /** Rows that are delivered before those of a window. */
  int start(int window);

  /** A window, from 0. */
  RowWindow window(int number);

  /**
   * Checks that the sequence fits the rows.
   *
   * @throws IllegalArgumentException unless this is a sequence of so many rows, of which the first
   *     can be left out
   */
  default void requireFits(int rows, int first) {
    checkArgument(rows() == rows, "a sequence of %s rows for %s", rows(), rows);
    checkArgument(first >= 0 && first <= size(), "%s of %s rows left out", first, size());
  }

  /** The window of the row that is delivered at a position; the last one for those behind it. */
  default int windowOf(int position) {
    int window = 0;
    while (window + 1 < windows() && start(window + 1) <= position) {
      window++;
    }
    return window;
  }

  /** Every row, as the file has them. A window is a block of {@link BlockedSequence#BLOCK_ROWS}. */
  static RowSequence inOrder(int rows) {
    return BlockedSequence.inOrder(Split.allToTrain(rows).trainRows(), rows);
  }

  /** The rows to validate with, as the file has them. A window is a block, as in all rows. */
  static RowSequence validation(Split split) {
    return BlockedSequence.inOrder(split.validationRows(), split.rows());
  }

  /**
   * The rows to train on in the order of an epoch.
   *
   * <p>With a buffer, blocks of {@link BlockedSequence#BLOCK_ROWS} neighbouring rows (as many as a
   * row group of a prepared Parquet file; fewer if the buffer would hold less than eight) come in
   * random order, as many at a time as fit into the buffer, and the rows of these are shuffled.
   *
   * @param buffer rows that are mixed at a time; 0 shuffles all rows in one window, which holds
   *     them all
   */
  static RowSequence shuffled(Split split, int buffer, long seed, int epoch) {
    return buffer == 0
        ? of(split.rows(), RowOrder.shuffled(split.train(), seed, epoch))
        : BlockedSequence.shuffled(split, buffer, seed, epoch);
  }

  /**
   * These rows in this order, in one window. The array is not copied.
   *
   * @param rows number of rows of the source
   * @throws IllegalArgumentException if a row number does not exist
   */
  static RowSequence of(int rows, int... rowNumbers) {
    return new ListedSequence(rows, rowNumbers);
  }

  /** Row numbers to train on and row numbers to validate with. Takes a quarter of a byte a row. */
  final class Split {
    // Keeps the draw apart from the shuffles of the epochs, which take the same seed.
    private static final int STREAM = -1;

    private final int rows;
    private final BitSet train;
    private final BitSet validation;

    private Split(int rows, BitSet validation) {
      this.rows = rows;
      this.validation = validation;
      this.train = new BitSet(rows);
      train.set(0, rows);
      train.andNot(validation);
    }

    /** Every row to train on. */
    static Split allToTrain(int rows) {
      return new Split(rows, new BitSet());
    }

    /**
     * Draws {@code round(rows * fraction)} rows to validate with; the rest is to train on. Depends
     * only on the arguments. The draw takes four bytes a row for a moment.
     *
     * @param fraction in [0, 1)
     * @throws InvalidInputException if the fraction is out of range or leaves no row to train on
     */
    public static Split of(int rows, double fraction, long seed) {
      if (!(fraction >= 0 && fraction < 1)) {
        throw new InvalidInputException(
            "validation_split is " + fraction + ", expected a number in [0, 1)");
      }
      int validation = (int) Math.round(rows * fraction);
      if (rows > 0 && validation == rows) {
        throw new InvalidInputException(
            "validation_split " + fraction + " of " + rows + " rows leaves no row to train on");
      }
      BitSet drawn = new BitSet(rows);
      if (validation > 0) {
        int[] shuffled = RowOrder.shuffled(rows, seed, STREAM);
        for (int i = 0; i < validation; i++) {
          drawn.set(shuffled[i]);
        }
      }
      return new Split(rows, drawn);
    }

    /**
     * The rows that a training takes and those that it validates with: the same in every process of
     * it.
     *
     * @throws InvalidInputException if none is left to train on
     */
    public static Split ofTraining(RowSource rows, double fraction, long seed) {
      Split split = of(rows.size(), fraction, seed);
      if (split.trainSize() == 0) {
        throw new InvalidInputException(
            "no training row is left of " + rows.size() + " with validation_split " + fraction);
      }
      return split;
    }

    /** Number of rows of both kinds. */
    public int rows() {
      return rows;
    }

    /** Number of rows to train on. */
    public int trainSize() {
      return train.cardinality();
    }

    /** Number of rows to validate with. */
    public int validationSize() {
      return validation.cardinality();
    }

    /** The rows to train on, in ascending order. */
    public int[] train() {
      return train.stream().toArray();
    }

    /** The rows to validate with, in ascending order. */
    public int[] validation() {
      return validation.stream().toArray();
    }

    /** The rows to train on; not to be changed. */
    BitSet trainRows() {
      return train;
    }

    /** The rows to validate with; not to be changed. */
    BitSet validationRows() {
      return validation;
    }
  }
}
