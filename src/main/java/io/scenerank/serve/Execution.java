package io.scenerank.serve;

import org.tensorflow.Result;

/** Runs a model on rows. */
@FunctionalInterface
interface Execution {
  /**
   * Scores rows.
   *
   * @param features checked by {@link SignatureInputs}
   * @param rows their number
   * @return the outputs in the order of their names, which the caller closes
   */
  Result run(Features features, int rows);

  /**
   * Checks the values of rows as {@link #run} does, and computes nothing.
   *
   * @return what is equal for rows that can be scored together: see {@link Ranker.CheckedRows}
   * @throws io.scenerank.config.InvalidInputException naming the first that is wrong
   */
  default String check(Features features, int rows) {
    return RowStack.form(features);
  }
}
