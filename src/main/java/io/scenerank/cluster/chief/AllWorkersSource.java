package io.scenerank.cluster.chief;

import com.google.common.collect.ImmutableList;
import com.google.common.util.concurrent.Uninterruptibles;
import io.scenerank.cluster.ClusterSpec.TaskId;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * Every worker that is there, for the one lane that trains with all of them. A thread looks out for
 * those that are not.
 */
final class AllWorkersSource implements WorkerSource, AutoCloseable {
  private final ImmutableList<TaskId> workers;
  private final Membership membership;
  private final BooleanSupplier over;
  private final Thread lookout;
  private volatile ImmutableList<TaskId> present = ImmutableList.of();
  private volatile boolean outdated;

  /**
   * @param over whether there is nothing left to do
   */
  AllWorkersSource(ImmutableList<TaskId> workers, Membership membership, BooleanSupplier over) {
    this.workers = workers;
    this.membership = membership;
    this.over = over;
    this.lookout = new Thread(this::lookOut, "scenerank-lookout");
    lookout.setDaemon(true);
    lookout.start();
  }

  @Override
  public ImmutableList<Recruit> find() throws InterruptedException {
    while (!over.getAsBoolean()) {
      ImmutableList.Builder<Recruit> found = ImmutableList.builder();
      for (TaskId worker : workers) {
        membership.worker(worker).ifPresent(who -> found.add(new Recruit(worker, who)));
      }
      ImmutableList<Recruit> all = found.build();
      if (!all.isEmpty()) {
        outdated = false;
        present = all.stream().map(Recruit::worker).collect(ImmutableList.toImmutableList());
        if (all.size() < workers.size()) {
          membership.say("training with " + names(present) + " of " + workers.size() + " workers");
        }
        return all;
      }
      Membership.pause();
    }
    return ImmutableList.of();
  }

  private static String names(List<TaskId> tasks) {
    return tasks.stream().map(TaskId::toString).collect(Collectors.joining(", "));
  }

  private void lookOut() {
    try {
      while (!over.getAsBoolean()) {
        Membership.pause();
        Membership.pause();
        Optional<TaskId> back =
            workers.stream()
                .filter(worker -> !present.isEmpty() && !present.contains(worker) && !outdated)
                .filter(worker -> membership.worker(worker).isPresent())
                .findFirst();
        back.ifPresent(
            worker -> {
              membership.say(worker + " is back");
              outdated = true;
            });
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the end
    }
  }

  @Override
  public boolean isOutdated() {
    return outdated;
  }

  /** A step that failed may have been made by halves, so that all go back to the checkpoint. */
  @Override
  public boolean mayGoOn(RuntimeException failure, boolean progressed) {
    return false;
  }

  @Override
  public void close() {
    lookout.interrupt();
    Uninterruptibles.joinUninterruptibly(lookout);
  }
}
