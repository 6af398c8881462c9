package io.scenerank.cluster;

import com.google.common.collect.ImmutableList;
import io.scenerank.config.InvalidInputException;
import java.util.Locale;
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
}
