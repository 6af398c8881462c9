package io.scenerank.data;

import io.scenerank.config.InvalidInputException;
import java.util.BitSet;

/** Row numbers to train on and row numbers to validate with. Takes a quarter of a byte a row. */
public final class Split {
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
