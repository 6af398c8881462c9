package io.scenerank.train.optimizer;

import com.fasterxml.jackson.annotation.JsonValue;
import io.scenerank.PublicApi;
import io.scenerank.train.optimizer.Optimizer.OptimizerContext;
import java.util.Locale;

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

  /** The optimizers by name, with Keras' defaults (beta 0.9 and 0.999, epsilon 1e-7). */
  @PublicApi
  enum OptimizerType implements OptimizerFactory {
    /** Adam on the rows that a batch touches; moments of other rows wait. The default. */
    LAZY_ADAM {
      @Override
      public Optimizer create(OptimizerContext context) {
        return new Adam(context);
      }
    },
    /** Adam as Keras has it: dense over every row of a table. */
    ADAM {
      @Override
      public Optimizer create(OptimizerContext context) {
        return new Adam(context);
      }
    },
    /** Plain gradient descent, without momentum. */
    SGD {
      @Override
      public Optimizer create(OptimizerContext context) {
        return new Sgd(context);
      }
    },
    /** Adagrad, accumulators starting at 0.1. */
    ADAGRAD {
      @Override
      public Optimizer create(OptimizerContext context) {
        return new Adagrad(context);
      }
    };

    @Override
    public String key() {
      return name().toLowerCase(Locale.ROOT);
    }

    @Override
    public boolean byRows() {
      return this != ADAM;
    }

    @Override
    public boolean isAdam() {
      return this == ADAM || this == LAZY_ADAM;
    }
  }
}
