package io.scenerank.train;

/**
 * The learning rate of each step: a warm-up, then the schedule.
 *
 * @param stepsOfEpoch steps an epoch
 */
record LearningRate(TrainingConfig config, int stepsOfEpoch) {

  /** The rate of the step that comes after this state. */
  float next(TrainingState state) {
    float initial = state.plateau().rate(config.learningRate());
    int step = state.epoch() * stepsOfEpoch + state.position().step();
    int warmup = config.warmupSteps();
    if (step < warmup) {
      return (float) ((double) initial * (step + 1) / warmup);
    }
    return config.schedule().rate(initial, step - warmup, stepsOfEpoch * config.epochs() - warmup);
  }
}
