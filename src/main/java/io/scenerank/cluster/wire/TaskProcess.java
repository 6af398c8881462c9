package io.scenerank.cluster.wire;

import io.scenerank.cluster.ClusterSpec;
import io.scenerank.cluster.TaskId;
import io.scenerank.train.Device;

/**
 * A process of a cluster.
 *
 * @param task which one it is
 * @param identity what it says about itself
 * @param device where it computes
 * @param threads threads of TensorFlow; 0 for one a core
 */
public record TaskProcess(
    ClusterSpec cluster, TaskId task, Identity identity, Device device, int threads) {

  /**
   * Starts its server.
   *
   * @throws io.scenerank.config.InvalidInputException if its port is taken
   */
  public TaskServer start() {
    return new TaskServer(cluster, task, device, threads);
  }
}
