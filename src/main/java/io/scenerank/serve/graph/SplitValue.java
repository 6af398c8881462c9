package io.scenerank.serve.graph;

import com.google.common.collect.ImmutableList;

/**
 * What becomes of a tensor when one user meets many candidates. The tensor names are those of the
 * new graph.
 */
sealed interface SplitValue {
  /** The number of {@link OfUser#perRow} that the graph does not tell. */
  long UNKNOWN = -1;

  /** The same for any rows: a constant, or the values that occur in a column of the user. */
  record Fixed(String tensor) implements SplitValue {}

  /**
   * Computed for the user alone, and the same for each candidate.
   *
   * @param tensor [perRow, …], which means itself repeated as many times as there are candidates
   * @param perRow 1 unless rows were cut into several, as the steps of a sequence
   */
  record OfUser(String tensor, long perRow) implements SplitValue {}

  /**
   * The shape of a tensor of the user alone; that of all candidates' rows differs.
   *
   * @param perRow of that tensor
   */
  record ShapeOfUser(String tensor, long perRow) implements SplitValue {}

  /** Computed for each candidate. */
  record OfRows(String tensor) implements SplitValue {}

  /**
   * Parts of the user and of the candidates side by side on axis 1, [rows, width, …].
   *
   * @param user the user's parts, [1, w, …]
   * @param rows the candidates' parts, [n, v, …]
   * @param runs whose the parts are, from the first to the last
   */
  record Concatenated(String user, String rows, ImmutableList<Run> runs) implements SplitValue {}

  /** {@link Concatenated} with its first two axes as one; only a look-up reads it so. */
  record FlatConcatenated(String user, String rows, ImmutableList<Run> runs)
      implements SplitValue {}

  /**
   * The sum of a part of the user, [1, w], and one of the candidates, [n, w]: what a product makes
   * of {@link Concatenated}.
   */
  record Sum(String user, String rows) implements SplitValue {}

  /**
   * Neighbours of one side.
   *
   * @param ofUser whether they are the user's
   * @param width along axis 1
   */
  record Run(boolean ofUser, int width) {}
}
