package io.scenerank.cluster.chief;

import io.scenerank.cluster.ClusterSpec.TaskId;
import io.scenerank.cluster.wire.WorkQueue;

/** Tells the tasks of a cluster that the training is over. */
final class ClusterEnd {
  private final ClusterRuntime site;

  ClusterEnd(ClusterRuntime site) {
    this.site = site;
  }

  /** Tells all tasks that are there; their processes end. */
  void tell() {
    TaskProbe probe = new TaskProbe(site);
    for (TaskId.Role role : new TaskId.Role[] {TaskId.Role.WORKER, TaskId.Role.PS}) {
      site.tasks(role).forEach(task -> probe.tell(task, WorkQueue.Item.end()));
    }
  }
}
