package io.scenerank.bench;

import io.scenerank.model.ModelDefinition;
import io.scenerank.model.Models;

/** The models that are timed, for tests of other packages. */
public final class TimedModels {
  private TimedModels() {}

  public static ModelDefinition<?> of(String model) {
    return BenchModel.of(Models.standard().get(model));
  }
}
