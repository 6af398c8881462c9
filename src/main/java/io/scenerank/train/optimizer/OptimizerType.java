package io.scenerank.train.optimizer;

import com.fasterxml.jackson.annotation.JsonProperty;

/** The optimizers by name, with Keras' defaults (beta 0.9 and 0.999, epsilon 1e-7). */
public enum OptimizerType {
  /** Adam on the rows that a batch touches; moments of other rows wait. The default. */
  @JsonProperty("lazy_adam")
  LAZY_ADAM {
    @Override
    public Optimizer create(OptimizerContext context) {
      return new Adam(context);
    }
  },
  /** Adam as Keras has it: dense over every row of a table. */
  @JsonProperty("adam")
  ADAM {
    @Override
    public Optimizer create(OptimizerContext context) {
      return new Adam(context);
    }
  },
  /** Plain gradient descent, without momentum. */
  @JsonProperty("sgd")
  SGD {
    @Override
    public Optimizer create(OptimizerContext context) {
      return new Sgd(context);
    }
  },
  /** Adagrad, accumulators starting at 0.1. */
  @JsonProperty("adagrad")
  ADAGRAD {
    @Override
    public Optimizer create(OptimizerContext context) {
      return new Adagrad(context);
    }
  };

  /** Whether a table is updated by rows; otherwise its gradient is dense over the table. */
  public boolean byRows() {
    return this != ADAM;
  }

  /** Whether the slots are Adam's moments, in either form. */
  public boolean isAdam() {
    return this == ADAM || this == LAZY_ADAM;
  }

  /** Whether this optimizer can continue with the slots of that one. */
  public boolean goesOnFrom(OptimizerType other) {
    return this == other || isAdam() && other.isAdam();
  }

  /** An optimizer that adds its updates to the context's graph. */
  public abstract Optimizer create(OptimizerContext context);
}
