package io.scenerank.data;

import io.scenerank.feature.InvalidInputException;
import java.util.Arrays;

/** Row numbers to train on and row numbers to validate with, each in ascending order. */
public final class Split {
  // Keeps the draw apart from the shuffles of the epochs, which take the same seed.
  private static final int STREAM = -1;

  private final int[] train;
  private final int[] validation;

  private Split(int[] train, int[] validation) {
    this.train = train;
    this.validation = validation;
  }

  /**
   * Draws {@code round(rows * fraction)} rows to validate with; the rest is to train on. Depends on
   * nothing but the arguments.
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
    int[] drawn = RowOrder.shuffled(rows, seed, STREAM);
    int[] validationRows = Arrays.copyOf(drawn, validation);
    int[] trainRows = Arrays.copyOfRange(drawn, validation, rows);
    Arrays.sort(validationRows);
    Arrays.sort(trainRows);
    return new Split(trainRows, validationRows);
  }

  public int[] train() {
    return train.clone();
  }

  public int[] validation() {
    return validation.clone();
  }
}
