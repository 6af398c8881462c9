package io.scenerank.serve.raw;

import org.jspecify.annotations.Nullable;

/** Reads the value of a row. */
@FunctionalInterface
interface CellReader {
  /**
   * Puts what a value becomes into a row of a block of zeros.
   *
   * @param value null where it is missing
   * @throws WrongValueException if the column does not take the value
   */
  void read(@Nullable Object value, int row, Block block);
}
