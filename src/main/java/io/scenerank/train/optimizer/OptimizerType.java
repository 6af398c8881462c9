package io.scenerank.train.optimizer;

import io.scenerank.PublicApi;
import java.util.Locale;

/** The optimizers by name, with Keras' defaults (beta 0.9 and 0.999, epsilon 1e-7). */
@PublicApi
public enum OptimizerType implements OptimizerFactory {
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
