package io.scenerank.cluster;

/** How the workers' gradients come together. */
public enum ClusterMode {
  /** Each worker updates the variables separately, with rows of its own. The default. */
  ASYNC,

  /**
   * Each worker takes a share of every batch, and their gradients make one update: the training of
   * a single process, on several.
   */
  SYNC
}
