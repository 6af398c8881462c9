package io.scenerank.train.experiment;

import io.scenerank.model.Models;
import io.scenerank.train.TrainingMethods;

/**
 * What configurations may name.
 *
 * @param models the kinds of models
 * @param methods losses, learning-rate schedules and optimizers
 */
public record Registry(Models models, TrainingMethods methods) {
  /** What the library has. */
  public static Registry standard() {
    return new Registry(Models.standard(), TrainingMethods.standard());
  }

  /** The same with other models. */
  public Registry withModels(Models others) {
    return new Registry(others, methods);
  }

  /** The same with other losses, schedules and optimizers. */
  public Registry withMethods(TrainingMethods others) {
    return new Registry(models, others);
  }
}
