package io.scenerank.cluster.chief;

import com.google.common.collect.ImmutableList;
import io.scenerank.cluster.ClusterSpec.TaskId;
import io.scenerank.cluster.wire.TaskProcess;

/** Finds workers for a lane. */
interface WorkerSource {
  /**
   * Waits for workers that may take part.
   *
   * @return empty if there is nothing left to do
   */
  ImmutableList<Recruit> find() throws InterruptedException;

  /** Whether a worker has come that should take part. */
  boolean isOutdated();

  /**
   * The lane has failed.
   *
   * @param progressed whether it had trained a batch since it was last told its workers
   * @return whether it may continue with other workers; otherwise nothing continues
   */
  boolean mayGoOn(RuntimeException failure, boolean progressed);

  /** A worker and who it is. */
  record Recruit(TaskId worker, TaskProcess.Identity identity) {}
}
