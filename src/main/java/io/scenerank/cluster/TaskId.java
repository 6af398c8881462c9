package io.scenerank.cluster;

import com.google.common.base.Splitter;
import com.google.common.primitives.Ints;
import io.scenerank.config.InvalidInputException;
import io.scenerank.config.SpellingHint;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.tensorflow.DeviceSpec;
import org.tensorflow.DeviceSpec.DeviceType;
import org.tensorflow.op.Ops;

/**
 * A process of a cluster.
 *
 * @param index its number among those of its role, from 0
 */
public record TaskId(Role role, int index) {
  /** What a process of a cluster does; a job of TensorFlow's has its name. */
  public enum Role {
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

  /** The one chief. */
  public static TaskId chief() {
    return new TaskId(Role.CHIEF, 0);
  }

  /**
   * Reads {@code worker:0}; the chief may go without its number.
   *
   * @param where names its place in messages
   * @throws InvalidInputException if the role is unknown or the index is not a number from 0
   */
  public static TaskId parse(String text, String where) {
    List<String> parts = Splitter.on(':').limit(2).splitToList(text);
    Role role = role(parts.get(0), where);
    if (parts.size() == 1 && role == Role.CHIEF) {
      return chief();
    }
    Integer index = parts.size() == 1 ? null : Ints.tryParse(parts.get(1));
    if (index == null || index < 0) {
      throw new InvalidInputException(
          String.format("%s: found '%s', expected ROLE:N, for example worker:0", where, text));
    }
    return new TaskId(role, index);
  }

  /**
   * Finds a role by the name of its job.
   *
   * @param where names its place in messages
   * @throws InvalidInputException naming the nearest, if there is none
   */
  static Role role(String name, String where) {
    return Arrays.stream(Role.values())
        .filter(role -> role.job().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new InvalidInputException(
                    String.format(
                        "%s: unknown role '%s'%s",
                        where,
                        name,
                        SpellingHint.hint(
                            name, Arrays.stream(Role.values()).map(Role::job).toList()))));
  }

  /** As TensorFlow names it in devices and device filters, {@code /job:ps/task:0}. */
  public String spec() {
    return "/job:" + role.job() + "/task:" + index;
  }

  /** Ops that are placed on the task's CPU. */
  public Ops onCpu(Ops tf) {
    return tf.withDevice(cpu());
  }

  /** The task's CPU. */
  public DeviceSpec cpu() {
    return DeviceSpec.newBuilder()
        .job(role.job())
        .task(index)
        .deviceType(DeviceType.CPU)
        .deviceIndex(0)
        .build();
  }

  @Override
  public String toString() {
    return role.job() + " " + index;
  }
}
