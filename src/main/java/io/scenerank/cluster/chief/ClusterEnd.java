package io.scenerank.cluster.chief;

import io.scenerank.cluster.TaskRole;
import io.scenerank.cluster.wire.TaskProcess;
import io.scenerank.cluster.wire.WorkItem;

/** Tells the tasks of a cluster that the training is over. */
public final class ClusterEnd {
  private final ClusterRuntime site;

  /**
   * @param chief this process, whose server runs
   */
  public ClusterEnd(TaskProcess chief) {
    this.site = ClusterRuntime.of(chief);
  }

  /** Tells all tasks that are there; their processes end. */
  public void tell() {
    TaskProbe probe = new TaskProbe(site);
    for (TaskRole role : new TaskRole[] {TaskRole.WORKER, TaskRole.PS}) {
      site.tasks(role).forEach(task -> probe.tell(task, WorkItem.end()));
    }
  }
}
