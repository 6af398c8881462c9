package io.scenerank.data;

/**
 * Goes through rows one by one. It is before the first row at the beginning; {@link #rows} and
 * {@link #row} hold until the next call of {@link #next}. For one thread at a time.
 */
public interface RowCursor extends AutoCloseable {
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
