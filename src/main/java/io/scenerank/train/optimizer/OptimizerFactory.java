package io.scenerank.train.optimizer;

import com.fasterxml.jackson.annotation.JsonValue;

/**
 * A kind of optimizer. Of the library are those of {@link OptimizerType}; one of your own is known
 * by its key in configurations once {@code TrainingMethods.withOptimizer} has it.
 */
public interface OptimizerFactory {
  /** The name in configurations, {@code training.optimizer}; in snake case. */
  @JsonValue
  String key();

  /**
   * Whether a table is updated by the rows that a batch looks up; otherwise its gradient is dense
   * over the table, as Keras' optimizers take it.
   */
  default boolean byRows() {
    return true;
  }

  /**
   * Whether the rows of a table's gradient are given as the batch looks them up, several times
   * where it does so, each with its own gradient; otherwise once, with the sum.
   */
  default boolean byLookUps() {
    return false;
  }

  /** Whether the slots are Adam's moments under Adam's names. */
  default boolean isAdam() {
    return false;
  }

  /** Whether this optimizer can resume with the slots of that one. */
  default boolean resumesFrom(OptimizerFactory other) {
    return key().equals(other.key()) || (isAdam() && other.isAdam());
  }

  /** An optimizer that adds its updates to the context's graph. */
  Optimizer create(OptimizerContext context);
}
