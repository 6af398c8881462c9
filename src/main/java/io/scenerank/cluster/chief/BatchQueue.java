package io.scenerank.cluster.chief;

import io.scenerank.train.TrainingListener.TrainingStopped;
import io.scenerank.train.TrainingRuntime.StepRunner;
import io.scenerank.train.TrainingState;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;

/**
 * The batches of an epoch, between the lanes that take them and the training that hears how they
 * went. They are handed out in their order, and one that a lane gives back goes to the next that
 * asks. For any thread.
 */
final class BatchQueue {
  private static final long LOOK_UP = 200; // milliseconds between two looks at the stop signal

  private final BooleanSupplier stop;
  private final Duration patience;
  private final Deque<StepRunner.Finished> results = new ArrayDeque<>();
  private final TreeSet<Integer> givenBack = new TreeSet<>();
  private Optional<Epoch> epoch = Optional.empty();
  private Optional<RuntimeException> failure = Optional.empty();
  private int next;
  private int taken;
  private int applied;
  private boolean paused = true;
  private boolean closed;

  /** An epoch whose batches are on the board. */
  private record Epoch(TrainingState start, StepRunner.Rates rates) {
    int batches() {
      return (start.rows() + start.batchSize() - 1) / start.batchSize();
    }

    BatchJob job(int number) {
      int first = number * start.batchSize();
      int rows = Math.min(start.batchSize(), start.rows() - first);
      return new BatchJob(
          start.epoch(), number, first, rows, start.firstStep() + number, rates.of(number));
    }
  }

  /**
   * @param stop whether the training is to end early
   * @param patience how long one that is to end waits for somebody to finish what others gave back
   */
  BatchQueue(BooleanSupplier stop, Duration patience) {
    this.stop = stop;
    this.patience = patience;
  }

  /** Puts up the batches of an epoch that are left. */
  synchronized void begin(TrainingState start, StepRunner.Rates rates) {
    epoch = Optional.of(new Epoch(start, rates));
    next = start.position().step();
    givenBack.clear();
    results.clear();
  }

  /**
   * Takes a batch.
   *
   * @param wait whether to wait where there is none; then it is empty only once the board is closed
   */
  synchronized Optional<BatchJob> take(boolean wait) throws InterruptedException {
    while (true) {
      if (closed || failure.isPresent()) {
        return Optional.empty();
      }
      // What was given back is older than what is done: without it a pause has no effect.
      if (!givenBack.isEmpty()) {
        return Optional.of(taken(givenBack.pollFirst()));
      }
      if (!paused && next < epoch.map(Epoch::batches).orElse(0)) {
        return Optional.of(taken(next++));
      }
      if (!wait) {
        return Optional.empty();
      }
      wait();
    }
  }

  private BatchJob taken(int number) {
    taken++;
    return epoch.orElseThrow().job(number);
  }

  /** Number of updates so far. */
  synchronized int applied() {
    return applied;
  }

  /**
   * A batch that was taken is done.
   *
   * @return number of updates that others made since {@code before}
   */
  synchronized int finished(BatchJob job, StepGraph.StepMetrics metrics, int before) {
    taken--;
    int missed = applied - before;
    applied++;
    results.add(
        new StepRunner.Finished(
            metrics.loss(), job.rows(), job.rate(), OptionalDouble.of(metrics.gradientNorm())));
    notifyAll();
    return missed;
  }

  /** Batches that were taken are not done, and another lane may take them. */
  synchronized void giveBack(Collection<BatchJob> jobs) {
    jobs.forEach(job -> givenBack.add(job.number()));
    taken -= jobs.size();
    notifyAll();
  }

  /** Nothing continues. */
  synchronized void fail(RuntimeException reason) {
    if (failure.isEmpty()) {
      failure = Optional.of(reason);
    }
    notifyAll();
  }

  /**
   * The next batch that is done; lanes may take batches from now on.
   *
   * @return empty if the training is to end early
   */
  synchronized Optional<StepRunner.Finished> next() {
    paused = false;
    notifyAll();
    while (results.isEmpty()) {
      requireNoFailure();
      if (stop.getAsBoolean()) {
        return Optional.empty();
      }
      await(LOOK_UP);
    }
    return Optional.of(results.poll());
  }

  /**
   * Waits until every batch that was taken is done; no other is handed out meanwhile.
   *
   * @throws TrainingStopped if the training is to end early and nobody is there to finish a batch
   */
  synchronized List<StepRunner.Finished> settle() {
    paused = true;
    long heldLast = System.nanoTime();
    while (taken > 0 || !givenBack.isEmpty()) {
      requireNoFailure();
      if (taken > 0) {
        heldLast = System.nanoTime();
      } else if (stop.getAsBoolean() && System.nanoTime() - heldLast > patience.toNanos()) {
        throw new TrainingStopped();
      }
      await(LOOK_UP);
    }
    List<StepRunner.Finished> all = new ArrayList<>(results);
    results.clear();
    return all;
  }

  private void requireNoFailure() {
    failure.ifPresent(
        reason -> {
          throw reason;
        });
  }

  @SuppressWarnings("WaitNotInLoop") // the callers loop
  private void await(long milliseconds) {
    try {
      wait(milliseconds);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while batches are trained", e);
    }
  }

  /** Hands nothing out any more, for this epoch. */
  synchronized void end() {
    paused = true;
    epoch = Optional.empty();
    givenBack.clear();
  }

  /** Hands nothing out any more, and nobody waits. */
  synchronized void close() {
    closed = true;
    notifyAll();
  }

  /** Whether lanes are to end. */
  synchronized boolean isClosed() {
    return closed || failure.isPresent();
  }
}
