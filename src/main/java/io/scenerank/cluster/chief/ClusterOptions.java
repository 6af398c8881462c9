package io.scenerank.cluster.chief;

import io.scenerank.cluster.ClusterSpec;
import java.time.Duration;
import java.util.Optional;

/**
 * Where a chief trains.
 *
 * @param workerWait how long it waits at the start for workers that are absent; then it continues
 *     with those that are there
 * @param stepLimit after which a step that has not ended counts as failed
 * @param warmStart number of asynchronous steps at the training's start that run alone
 * @param job tells one start of a whole cluster from another, where a supervisor restarts
 *     processes; empty where nobody says so
 */
public record ClusterOptions(
    ClusterSpec spec,
    Mode mode,
    Duration workerWait,
    Duration stepLimit,
    int warmStart,
    Optional<String> job) {
  /** How the workers' gradients come together. */
  public enum Mode {
    /** Each worker updates the variables separately, with rows of its own. The default. */
    ASYNC,

    /**
     * Each worker takes a share of every batch, and their gradients make one update: the training
     * of a single process, on several.
     */
    SYNC
  }
}
