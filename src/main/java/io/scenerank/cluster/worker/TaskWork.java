package io.scenerank.cluster.worker;

import io.scenerank.cluster.wire.TaskProcess;
import io.scenerank.cluster.wire.TrainingJob;

/** What a process does for the chief until the chief says that the training is over. */
public final class TaskWork {
  private final TaskProcess process;

  public TaskWork(TaskProcess process) {
    this.process = process;
  }

  /**
   * Keeps variables, as a parameter server does. The server itself ends with the process.
   *
   * @throws io.scenerank.config.InvalidInputException if the port is taken or the chief does not
   *     take this process
   */
  public void keepVariables() {
    new PsTask(process).run();
  }

  /**
   * Reads rows and computes, as a worker does. The server itself ends with the process.
   *
   * @throws io.scenerank.config.InvalidInputException if the port is taken, the data are wrong or
   *     the chief does not take this worker
   */
  public void compute(TrainingJob job) {
    new WorkerTask(process, job).run();
  }
}
