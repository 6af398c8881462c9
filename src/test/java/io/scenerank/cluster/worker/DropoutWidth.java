package io.scenerank.cluster.worker;

import io.scenerank.model.ModelDefinition;

/** How many decisions of dropout a worker makes for a row, for tests of other packages. */
public final class DropoutWidth {
  private DropoutWidth() {}

  public static int of(ModelDefinition<?> definition, long seed) {
    return DropoutPlan.of(definition, seed).width();
  }
}
