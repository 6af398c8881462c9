package io.scenerank.cluster;

import java.util.Locale;

/** What a process of a cluster does; a job of TensorFlow's has its name. */
public enum TaskRole {
  /** Runs the steps, writes checkpoints, evaluates and exports. */
  CHIEF,

  /** Holds variables and the optimizer's slots, and updates them. */
  PS,

  /** Reads rows and computes gradients. */
  WORKER;

  /** Name of the job. */
  public String job() {
    return name().toLowerCase(Locale.ROOT);
  }
}
