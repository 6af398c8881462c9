package io.scenerank.cluster;

import org.tensorflow.DeviceSpec;
import org.tensorflow.DeviceSpec.DeviceType;
import org.tensorflow.op.Ops;

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

  /** Ops that are placed on the task's CPU. */
  public Ops onCpu(Ops tf) {
    return tf.withDevice(
        DeviceSpec.newBuilder()
            .job(role.job())
            .task(index)
            .deviceType(DeviceType.CPU)
            .deviceIndex(0)
            .build());
  }

  @Override
  public String toString() {
    return role.job() + " " + index;
  }
}
