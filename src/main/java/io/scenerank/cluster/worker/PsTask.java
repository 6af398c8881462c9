package io.scenerank.cluster.worker;

import io.scenerank.cluster.wire.TaskProcess;
import io.scenerank.cluster.wire.TaskServer;
import io.scenerank.cluster.wire.WorkQueue;
import io.scenerank.config.InvalidInputException;

/** What a parameter server does: it keeps what the chief's graphs place on it, until the end. */
final class PsTask {
  private final TaskProcess process;

  PsTask(TaskProcess process) {
    this.process = process;
  }

  /**
   * Serves until the chief says that the training is over. The server itself ends with the process.
   *
   * @throws InvalidInputException if the port is taken or the chief does not take this process
   */
  void run() {
    TaskServer server = process.start();
    try (TaskInbox inbox = new TaskInbox(server)) {
      server.publish(process.identity());
      WorkQueue.Item item = inbox.take();
      while (item.kind() != WorkQueue.Item.Kind.END) {
        if (item.kind() == WorkQueue.Item.Kind.REFUSED) {
          throw new InvalidInputException(item.text());
        }
        item = inbox.take();
      }
    }
  }
}
