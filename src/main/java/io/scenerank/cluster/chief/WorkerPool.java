package io.scenerank.cluster.chief;

import com.google.common.collect.ImmutableList;
import com.google.common.util.concurrent.Uninterruptibles;
import io.scenerank.cluster.ClusterSpec.TaskId;
import io.scenerank.cluster.wire.TrainingJob;
import io.scenerank.cluster.worker.InputQueue;
import io.scenerank.train.TrainingListener.ClusterMetrics;
import io.scenerank.train.TrainingRuntime.StepRunner;
import io.scenerank.train.TrainingState;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * The workers of a cluster as the chief has them train: in lanes of one worker each, or in one lane
 * together.
 */
final class WorkerPool implements StepRunner, AutoCloseable {
  /** So long a training that is to stop waits for a worker where all are gone. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final BatchQueue board;
  private final WorkerMeter meter;
  private final ImmutableList<Thread> lanes;
  private final Optional<AllWorkersSource> together;

  /**
   * Sets the lanes to work, which wait for batches.
   *
   * @param stop whether the training is to end early
   */
  WorkerPool(
      TrainingJob job,
      ClusterRuntime site,
      ClusterOptions place,
      Membership membership,
      BooleanSupplier stop) {
    int milliseconds = Math.toIntExact(place.stepLimit().toMillis());
    ImmutableList<TaskId> workers = site.tasks(TaskId.Role.WORKER);
    this.board = new BatchQueue(stop, PATIENCE);
    this.meter = new WorkerMeter(workers.size());
    this.together =
        place.mode() == ClusterOptions.Mode.SYNC
            ? Optional.of(new AllWorkersSource(workers, membership, board::isClosed))
            : Optional.empty();
    List<WorkerSource> recruits =
        together.isPresent()
            ? List.of(together.get())
            : workers.stream()
                .<WorkerSource>map(
                    worker -> new SingleWorkerSource(worker, membership, board::isClosed))
                .toList();
    FirstSteps firstSteps = new FirstSteps(place.warmStart());
    this.lanes =
        recruits.stream()
            .map(
                of ->
                    new TrainingThread(
                        board,
                        of,
                        members -> new StepGraph(job, site, members, milliseconds),
                        identity -> InputQueue.Format.of(job.definition(), identity.dropoutWidth()),
                        meter,
                        firstSteps))
            .map(lane -> new Thread(lane, "scenerank-lane"))
            .collect(ImmutableList.toImmutableList());
    lanes.forEach(lane -> lane.setDaemon(true));
    lanes.forEach(Thread::start);
  }

  @Override
  public Steps begin(TrainingState start, Rates rates) {
    board.begin(start, rates);
    return new OfEpoch();
  }

  private final class OfEpoch implements Steps {
    @Override
    public Optional<Finished> next(boolean measured) {
      return board.next();
    }

    @Override
    public List<Finished> settle() {
      return board.settle();
    }

    @Override
    public Optional<ClusterMetrics> clusterMetrics(int step) {
      return Optional.of(meter.metrics(step));
    }

    @Override
    public void close() {
      board.end();
    }
  }

  /** Whether a batch was trained. */
  boolean hasTrained() {
    return board.applied() > 0;
  }

  /** Ends the lanes. */
  @Override
  public void close() {
    board.close();
    lanes.forEach(Uninterruptibles::joinUninterruptibly);
    together.ifPresent(AllWorkersSource::close);
  }
}
