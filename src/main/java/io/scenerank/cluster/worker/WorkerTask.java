package io.scenerank.cluster.worker;

import io.scenerank.cluster.wire.TaskProcess;
import io.scenerank.cluster.wire.TaskServer;
import io.scenerank.cluster.wire.TrainingJob;
import io.scenerank.config.InvalidInputException;

/**
 * What a worker does: its server runs the chief's steps, while this process reads the rows for them
 * and draws the decisions of dropout, which on a GPU the step does better itself.
 */
final class WorkerTask {
  private final TaskProcess process;
  private final TrainingJob job;

  WorkerTask(TaskProcess process, TrainingJob job) {
    this.process = process;
    this.job = job;
  }

  /**
   * Delivers rows until the chief says that the training is over. The server itself ends with the
   * process.
   *
   * @throws InvalidInputException if the port is taken, the data are wrong or the chief does not
   *     take this worker
   */
  void run() {
    TaskServer server = process.start();
    DropoutPlan dropout = DropoutPlan.of(job.definition(), job.seed());
    int width = process.device().usesGpu() ? 0 : dropout.width();
    InputQueue.Format format = InputQueue.Format.of(job.definition(), width);
    ShareReader reader = new ShareReader(job);
    try (WorkerFeed feed = new WorkerFeed(server, format, dropout, reader)) {
      server.publish(process.identity().with(job, width));
      feed.run();
    }
  }
}
