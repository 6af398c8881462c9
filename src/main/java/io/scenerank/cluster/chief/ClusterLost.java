package io.scenerank.cluster.chief;

/**
 * Processes of a cluster are gone, and with them what the training stood at: it continues from its
 * newest checkpoint.
 */
final class ClusterLost extends RuntimeException {
  private static final long serialVersionUID = 1;

  ClusterLost(String message, Throwable cause) {
    super(message, cause);
  }
}
