package io.scenerank.cluster;

import com.google.common.collect.ImmutableList;
import io.scenerank.cluster.ClusterSpec.TaskId;
import io.scenerank.cluster.wire.TaskProcess;
import io.scenerank.cluster.worker.TaskWork;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.PreparedDataset;
import io.scenerank.data.RowSource;
import io.scenerank.testing.SmallModel;
import java.nio.file.Path;

/**
 * A worker or a parameter server as a process. Arguments: the addresses of chief, parameter server
 * and worker, the role, and for a worker the shuffle buffer and, where rows are streamed, a data
 * set.
 */
public final class TaskMain {
  private TaskMain() {}

  public static void main(String[] args) {
    ClusterSpec cluster =
        new ClusterSpec(args[0], ImmutableList.of(args[1]), ImmutableList.of(args[2]));
    TaskId task = new TaskId(TaskId.Role.valueOf(args[3]), 0);
    TaskProcess process =
        new TaskProcess(cluster, task, TaskProcess.Identity.of("1.0"), ClusterFixture.CPU, 1);
    int code = 0;
    try {
      if (task.role() == TaskId.Role.PS) {
        new TaskWork(process).keepVariables();
      } else {
        RowSource rows =
            args.length > 5
                ? PreparedDataset.open(Path.of(args[5])).streamTrain()
                : SmallModel.rows(72, 1);
        new TaskWork(process).compute(ClusterFixture.job(rows, Integer.parseInt(args[4])));
      }
    } catch (InvalidInputException e) {
      System.err.println(e.getMessage());
      code = 2;
    }
    System.exit(code);
  }
}
