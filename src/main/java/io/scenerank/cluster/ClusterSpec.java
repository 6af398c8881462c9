package io.scenerank.cluster;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import com.google.common.primitives.Ints;
import io.scenerank.config.InvalidInputException;
import io.scenerank.config.SpellingHint;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.tensorflow.DeviceSpec;
import org.tensorflow.DeviceSpec.DeviceType;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.ClusterDef;
import org.tensorflow.proto.JobDef;

/**
 * The processes of a cluster and where they listen, each {@code host:port}.
 *
 * @param ps parameter servers, at least one
 * @param workers at least one
 */
public record ClusterSpec(String chief, ImmutableList<String> ps, ImmutableList<String> workers) {

  /** Addresses of the tasks of a role. */
  public ImmutableList<String> addresses(TaskId.Role role) {
    return switch (role) {
      case CHIEF -> ImmutableList.of(chief);
      case PS -> ps;
      case WORKER -> workers;
    };
  }

  /** Where a task listens. */
  public String address(TaskId task) {
    return addresses(task.role()).get(task.index());
  }

  /**
   * The task, which this cluster has.
   *
   * @param where names its place in messages
   * @throws InvalidInputException if there is none of its number
   */
  public TaskId require(TaskId task, String where) {
    int tasks = addresses(task.role()).size();
    if (task.index() < 0 || task.index() >= tasks) {
      throw new InvalidInputException(
          String.format(
              Locale.ROOT,
              "%s: found %s, but tasks '%s' are numbered from 0 to %d",
              where,
              task,
              task.role().job(),
              tasks - 1));
    }
    return task;
  }

  /** All tasks, the chief first. */
  public ImmutableList<TaskId> tasks() {
    ImmutableList.Builder<TaskId> tasks = ImmutableList.builder();
    for (TaskId.Role role : TaskId.Role.values()) {
      for (int i = 0; i < addresses(role).size(); i++) {
        tasks.add(new TaskId(role, i));
      }
    }
    return tasks.build();
  }

  /** As TensorFlow has it. */
  public ClusterDef toClusterDef() {
    ClusterDef.Builder cluster = ClusterDef.newBuilder();
    for (TaskId.Role role : TaskId.Role.values()) {
      JobDef.Builder job = JobDef.newBuilder().setName(role.job());
      ImmutableList<String> addresses = addresses(role);
      for (int i = 0; i < addresses.size(); i++) {
        job.putTasks(i, addresses.get(i));
      }
      cluster.addJob(job);
    }
    return cluster.build();
  }

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
}
