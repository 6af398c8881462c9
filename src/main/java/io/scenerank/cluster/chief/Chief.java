package io.scenerank.cluster.chief;

import io.scenerank.cluster.ClusterSpec.TaskId;
import io.scenerank.cluster.wire.TaskProcess;
import io.scenerank.cluster.wire.TrainingJob;
import io.scenerank.train.TrainingRuntime;
import io.scenerank.train.TrainingRuntime.StepRunner;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** The chief of a cluster: what it knows of the other tasks, and the training on them. */
public final class Chief {
  /** So often in a row a training may be interrupted before it has trained a batch. */
  private static final int FRUITLESS = 5;

  private final ClusterOptions place;
  private final ClusterRuntime site;
  private final Membership membership;
  private final TrainingJob job;
  private final BooleanSupplier stop;
  private boolean began;

  /** Attempts in a row that came to nothing. */
  private int fruitless;

  /**
   * @param process this process, whose server runs
   * @param stop whether the training is to end early
   * @param say takes lines for the user
   */
  public Chief(
      ClusterOptions place,
      TaskProcess process,
      TrainingJob training,
      BooleanSupplier stop,
      Consumer<String> say) {
    this.place = place;
    this.site = ClusterRuntime.of(process);
    TaskProcess.Identity identity = process.identity().with(training, 0);
    this.membership = new Membership(site, identity, say);
    this.job = training;
    this.stop = stop;
  }

  /**
   * Tells the tasks of a cluster that the training is over: those that are there end.
   *
   * @param process this process, whose server runs
   */
  public static void end(TaskProcess process) {
    new ClusterEnd(ClusterRuntime.of(process)).tell();
  }

  /** A training on the tasks that are there; close it to begin another. */
  public final class Attempt implements AutoCloseable {
    private final WorkerPool crew;

    private Attempt() {
      this.crew = new WorkerPool(job, site, place, membership, stop);
    }

    /** Where the chief's graph runs and its variables live. */
    public TrainingRuntime site() {
      return site;
    }

    /** The steps. */
    public StepRunner steps() {
      return crew;
    }

    @Override
    public void close() {
      crew.close();
      fruitless = crew.hasTrained() ? 0 : fruitless + 1;
    }
  }

  /**
   * Waits for the parameter servers, the first time also a while for the workers, and begins.
   * Later, workers that come back join those that are there.
   *
   * @throws io.scenerank.config.InvalidInputException if a parameter server has another version
   */
  public Attempt begin() {
    try {
      membership.awaitServers(stop);
      if (!began) {
        membership.awaitWorkers(place.workerWait(), stop);
        began = true;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for the cluster", e);
    }
    return new Attempt();
  }

  /**
   * Whether a failure is that of a process that is gone, so that a new attempt may do better. It is
   * not if workers fail over and over, without a batch between.
   */
  public boolean isLost(Exception failure) {
    Optional<TaskId> server = membership.lostServer();
    server.ifPresent(gone -> membership.say(gone + " is gone; back to the last checkpoint"));
    return server.isPresent() || (failure instanceof ClusterLost && fruitless < FRUITLESS);
  }
}
