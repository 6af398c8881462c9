package io.scenerank.data.synthetic;

import io.scenerank.config.InvalidInputException;

/**
 * What to generate.
 *
 * @param rows rows in all; the last fifth is the test split
 * @param seed decides every row
 */
public record SyntheticOptions(long rows, long seed) {
  /** 100,000 rows of seed 1. */
  public static final SyntheticOptions DEFAULT = new SyntheticOptions(100_000, 1);

  private static final long FEWEST = 10;

  /**
   * @throws InvalidInputException if there are fewer than 10 rows
   */
  public SyntheticOptions {
    if (rows < FEWEST) {
      throw new InvalidInputException("rows is " + rows + ", expected at least " + FEWEST);
    }
  }

  /** Rows to train on: the first ones in time. */
  long trainRows() {
    return rows - rows / 5;
  }
}
