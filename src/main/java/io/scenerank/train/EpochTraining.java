package io.scenerank.train;

import com.google.common.base.Stopwatch;
import com.google.common.math.IntMath;
import io.scenerank.data.Batch;
import io.scenerank.data.Batcher;
import io.scenerank.data.Projection;
import io.scenerank.data.RowSequence;
import io.scenerank.data.RowSource;
import io.scenerank.data.Split;
import io.scenerank.feature.InvalidInputException;
import java.io.IOException;
import java.math.RoundingMode;
import java.util.concurrent.TimeUnit;

/** Trains the steps of an epoch, from wherever its state stands, with checkpoints on the way. */
final class EpochTraining {
  private final TrainingGraph graph;
  private final TrainingConfig config;
  private final TrainingListener listener;
  private final Checkpoints checkpoints;
  private final Rows rows;
  private final LearningRate rate;
  private final Stopwatch sinceCheckpoint = Stopwatch.createStarted();

  /**
   * What is trained on.
   *
   * @param split which of them
   */
  record Rows(RowSource all, Split split, Projection projection) {}

  /**
   * Where the state stands after the steps.
   *
   * @param rows rows trained by this call
   * @param seconds in so much time, without that of checkpoints
   */
  record Trained(TrainingState state, int rows, double seconds) {}

  EpochTraining(
      TrainingGraph graph,
      TrainingConfig config,
      TrainingListener listener,
      Checkpoints checkpoints,
      Rows rows) {
    this.graph = graph;
    this.config = config;
    this.listener = listener;
    this.checkpoints = checkpoints;
    this.rows = rows;
    int steps = IntMath.divide(rows.split().trainSize(), config.batchSize(), RoundingMode.CEILING);
    this.rate = new LearningRate(config, steps);
  }

  /**
   * Trains what is left of the epoch.
   *
   * @throws TrainingStopped if the listener asks for it; a checkpoint is written
   */
  Trained run(TrainingState start) throws IOException {
    RowSequence order =
        RowSequence.shuffled(rows.split(), config.shuffleBuffer(), start.seed(), start.epoch());
    TrainingState state = start;
    Stopwatch time = Stopwatch.createStarted();
    try (Batcher batches =
        Batcher.of(rows.all())
            .projection(rows.projection())
            .order(order)
            .batchSize(config.batchSize())
            .first(start.position().step())
            .start()) {
      while (batches.hasNext()) {
        state = step(batches, state);
        time.stop();
        checkpoint(state);
        time.start();
      }
    }
    return new Trained(
        state, order.size() - start.rowsDone(), time.elapsed(TimeUnit.NANOSECONDS) / 1e9);
  }

  private TrainingState step(Batcher batches, TrainingState before) throws IOException {
    try (Batch batch = batches.next()) {
      float learningRate = rate.next(before);
      boolean endsEpoch = before.rowsDone() + batch.size() == before.rows();
      boolean measured = listener.measuresGradients(before.step() + 1, endsEpoch);
      TrainingGraph.StepFigures figures = graph.step(batch, before.step(), learningRate, measured);
      requireFinite(figures.loss(), before);
      TrainingState state = before.finishedStep(figures.loss(), batch.size());
      listener.onStep(
          new TrainingListener.StepResult(
              state.epoch() + 1,
              config.epochs(),
              state.rowsDone(),
              state.rows(),
              figures.loss(),
              batch.size(),
              state.step(),
              learningRate,
              figures.gradientNorm()));
      return state;
    }
  }

  private void requireFinite(float loss, TrainingState state) {
    if (!Float.isFinite(loss)) {
      throw new InvalidInputException(
          String.format(
              "the loss is %s at step %d (epoch %d); a smaller learning_rate than %s may help",
              loss, state.step() + 1, state.epoch() + 1, config.learningRate()));
    }
  }

  /** Writes a checkpoint in the middle of the epoch, where one is due. */
  private void checkpoint(TrainingState state) throws IOException {
    if (listener.isStopRequested()) {
      save(state);
      throw new TrainingStopped();
    }
    long since = sinceCheckpoint.elapsed(TimeUnit.NANOSECONDS);
    if (!state.isEpochTrained() && config.checkpoints().isDue(state.position().step(), since)) {
      save(state);
    }
  }

  /** Writes a checkpoint. */
  void save(TrainingState state) throws IOException {
    checkpoints.save(graph, state, config.checkpoints().keep());
    sinceCheckpoint.reset().start();
  }
}
