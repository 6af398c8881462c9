package io.scenerank.run;

import io.scenerank.cluster.chief.ClusterOptions;
import io.scenerank.train.Device;
import java.util.Optional;

/**
 * With what to compute.
 *
 * @param threads threads of TensorFlow; 0 for one a core
 * @param cluster the other processes that train, of which this one is the chief; empty where it
 *     trains alone
 */
record ComputeOptions(Device device, int threads, Optional<ClusterOptions> cluster) {
  /** This process alone. */
  ComputeOptions(Device device, int threads) {
    this(device, threads, Optional.empty());
  }
}
