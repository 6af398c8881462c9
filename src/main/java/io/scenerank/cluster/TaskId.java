package io.scenerank.cluster;

/**
 * A process of a cluster.
 *
 * @param index its number among those of its role, from 0
 */
public record TaskId(TaskRole role, int index) {
  /** The one chief. */
  public static TaskId chief() {
    return new TaskId(TaskRole.CHIEF, 0);
  }

  /** As TensorFlow names it in devices and device filters, {@code /job:ps/task:0}. */
  public String spec() {
    return "/job:" + role.job() + "/task:" + index;
  }

  @Override
  public String toString() {
    return role.job() + " " + index;
  }
}
