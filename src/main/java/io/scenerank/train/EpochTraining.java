package io.scenerank.train;

import com.google.common.base.Stopwatch;
import com.google.common.math.IntMath;
import io.scenerank.config.InvalidInputException;
import io.scenerank.train.TrainingListener.ClusterMetrics;
import io.scenerank.train.TrainingListener.TrainingStopped;
import io.scenerank.train.TrainingRuntime.StepRunner;
import java.io.IOException;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Trains the steps of an epoch from its present position, with checkpoints on the way. */
final class EpochTraining {
  private final TrainingGraph graph;
  private final StepRunner runner;
  private final TrainingConfig config;
  private final TrainingListener listener;
  private final CheckpointStore checkpoints;
  private final LearningRate rate;
  private final Stopwatch sinceCheckpoint = Stopwatch.createStarted();

  /**
   * The state after the steps.
   *
   * @param rows rows trained by this call
   * @param seconds in so much time, without that of checkpoints
   */
  record Trained(TrainingState state, int rows, double seconds) {}

  /**
   * @param graph whose variables the steps train
   * @param trainRows rows of an epoch
   */
  EpochTraining(
      TrainingGraph graph,
      StepRunner runner,
      TrainingConfig config,
      TrainingListener listener,
      CheckpointStore checkpoints,
      int trainRows) {
    this.graph = graph;
    this.runner = runner;
    this.config = config;
    this.listener = listener;
    this.checkpoints = checkpoints;
    int steps = IntMath.divide(trainRows, config.batchSize(), RoundingMode.CEILING);
    this.rate = new LearningRate(config, steps);
  }

  /**
   * Trains what is left of the epoch.
   *
   * @throws TrainingStopped if the listener asks for it; a checkpoint is written
   */
  Trained run(TrainingState start) throws IOException {
    TrainingState state = start;
    Stopwatch time = Stopwatch.createStarted();
    try (StepRunner.Steps steps = runner.begin(start, step -> rate.next(start.atStep(step)))) {
      while (!state.isEpochTrained()) {
        state = step(steps, state);
        state = checkpoint(steps, state, time);
      }
    }
    return new Trained(
        state, start.rows() - start.rowsDone(), time.elapsed(TimeUnit.NANOSECONDS) / 1e9);
  }

  private TrainingState step(StepRunner.Steps steps, TrainingState before) throws IOException {
    boolean endsEpoch = before.rowsDone() + (long) config.batchSize() >= before.rows();
    boolean measured = listener.measuresGradients(before.step() + 1, endsEpoch);
    Optional<StepRunner.Finished> finished = steps.next(measured);
    return finished.isEmpty() ? before : finished(steps, before, finished.get());
  }

  private TrainingState finished(
      StepRunner.Steps steps, TrainingState before, StepRunner.Finished step) throws IOException {
    requireFinite(step.loss(), before);
    TrainingState state = before.finishedStep(step.loss(), step.rows());
    listener.onStep(
        new TrainingListener.StepResult(
            state.epoch() + 1,
            config.epochs(),
            state.rowsDone(),
            state.rows(),
            step.loss(),
            step.rows(),
            state.step(),
            step.learningRate(),
            step.gradientNorm(),
            step.lossWeights()));
    if (listener.measuresGradients(state.step(), state.isEpochTrained())) {
      Optional<ClusterMetrics> metrics = steps.clusterMetrics(state.step());
      if (metrics.isPresent()) {
        listener.onCluster(metrics.get());
      }
    }
    return state;
  }

  private void requireFinite(float loss, TrainingState state) {
    if (!Float.isFinite(loss)) {
      throw new InvalidInputException(
          String.format(
              Locale.ROOT,
              "the loss is %s at step %d (epoch %d); a smaller learning_rate than %s may help",
              loss,
              state.step() + 1,
              state.epoch() + 1,
              config.learningRate()));
    }
  }

  /** Writes a checkpoint in the middle of the epoch, where one is due. */
  private TrainingState checkpoint(StepRunner.Steps steps, TrainingState state, Stopwatch time)
      throws IOException {
    if (listener.isStopRequested()) {
      save(settle(steps, state));
      throw new TrainingStopped();
    }
    long since = sinceCheckpoint.elapsed(TimeUnit.NANOSECONDS);
    if (state.isEpochTrained() || !config.checkpoints().isDue(state.position().step(), since)) {
      return state;
    }
    TrainingState settled = settle(steps, state);
    if (!settled.isEpochTrained()) {
      time.stop();
      save(settled);
      time.start();
    }
    return settled;
  }

  /** The state of the training once all steps that have begun are finished. */
  private TrainingState settle(StepRunner.Steps steps, TrainingState state) throws IOException {
    TrainingState settled = state;
    for (StepRunner.Finished step : steps.settle()) {
      settled = finished(steps, settled, step);
    }
    return settled;
  }

  /** Writes a checkpoint. */
  void save(TrainingState state) throws IOException {
    checkpoints.save(graph, state, config.checkpoints().keep());
    sinceCheckpoint.reset().start();
  }
}
