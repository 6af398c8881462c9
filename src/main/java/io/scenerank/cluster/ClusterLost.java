package io.scenerank.cluster;

/**
 * Processes of a cluster are gone, and with them what the training stood at: it continues from its
 * newest checkpoint.
 */
public final class ClusterLost extends RuntimeException {
  private static final long serialVersionUID = 1;

  public ClusterLost(String message, Throwable cause) {
    super(message, cause);
  }
}
