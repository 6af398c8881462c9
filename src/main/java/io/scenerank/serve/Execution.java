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
}
