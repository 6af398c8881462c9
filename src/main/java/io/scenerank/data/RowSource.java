package io.scenerank.data;

/**
 * Rows to train on or to score: in memory ({@link PackedRows}) or read from a file again and again
 * ({@link StreamedRows}). Both deliver the same rows for the same {@link RowSequence}.
 */
public sealed interface RowSource permits PackedRows, StreamedRows {
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
}
