package io.scenerank.cluster.chief;

import static java.util.Objects.requireNonNull;

import io.scenerank.cluster.ClusterSpec.TaskId;
import io.scenerank.cluster.wire.TaskProcess;
import io.scenerank.cluster.wire.WorkQueue;
import io.scenerank.config.InvalidInputException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** Knows which tasks are there, and whether they are still the ones that they were. */
final class Membership {
  private static final int LOOK = 250; // milliseconds between two looks at a task
  private static final int PATIENCE = 20; // looks between two lines about an absent task

  private final ClusterRuntime site;
  private final TaskProbe probe;
  private final TaskProcess.Identity chief;
  private final Consumer<String> say;
  private final Map<TaskId, TaskProcess.Identity> servers = new HashMap<>();
  private final Map<String, TaskId> refused = new HashMap<>(); // by their incarnations

  /**
   * @param chief who this process is
   * @param say takes lines for the user
   */
  Membership(ClusterRuntime site, TaskProcess.Identity chief, Consumer<String> say) {
    this.site = site;
    this.probe = new TaskProbe(site);
    this.chief = chief;
    this.say = say;
  }

  /**
   * Waits for every parameter server, however long.
   *
   * @param stop whether not to wait any longer
   * @throws InvalidInputException if one has another version
   */
  void awaitServers(BooleanSupplier stop) throws InterruptedException {
    for (TaskId server : site.tasks(TaskId.Role.PS)) {
      Optional<TaskProcess.Identity> identity = probe.identity(server);
      for (int looks = 1; identity.isEmpty() && !stop.getAsBoolean(); looks++) {
        if (looks % PATIENCE == 0) {
          sayWaiting(server);
        }
        pause();
        identity = probe.identity(server);
      }
      if (identity.isEmpty()) {
        return;
      }
      Optional<String> conflict = chief.conflict(server, identity.get());
      if (conflict.isPresent()) {
        probe.tell(server, WorkQueue.Item.refused(conflict.get()));
        throw new InvalidInputException(conflict.get());
      }
      synchronized (this) {
        servers.put(server, identity.get());
      }
    }
  }

  /** Waits until every worker is there or was refused, but no longer than so. */
  void awaitWorkers(Duration most, BooleanSupplier stop) throws InterruptedException {
    long end = System.nanoTime() + most.toNanos();
    for (TaskId worker : site.tasks(TaskId.Role.WORKER)) {
      boolean answered = hasAnswered(worker);
      for (int looks = 1; !answered && System.nanoTime() < end && !stop.getAsBoolean(); looks++) {
        if (looks % PATIENCE == 0) {
          sayWaiting(worker);
        }
        pause();
        answered = hasAnswered(worker);
      }
      if (!answered && !stop.getAsBoolean()) {
        say.accept("no longer waiting for " + worker + ", which may join later");
      }
    }
  }

  private boolean hasAnswered(TaskId worker) {
    if (worker(worker).isPresent()) {
      return true;
    }
    synchronized (this) {
      return refused.containsValue(worker);
    }
  }

  private void sayWaiting(TaskId task) {
    say.accept("waiting for " + task + " at " + site.spec().address(task));
  }

  /** A worker that may take part; empty if it is absent or was refused. */
  Optional<TaskProcess.Identity> worker(TaskId worker) {
    Optional<TaskProcess.Identity> identity = probe.identity(worker);
    if (identity.isEmpty() || isRefused(identity.get())) {
      return Optional.empty();
    }
    Optional<String> conflict = chief.conflict(worker, identity.get());
    if (conflict.isPresent()) {
      refuse(worker, identity.get(), conflict.get());
      return Optional.empty();
    }
    return identity;
  }

  /** Ends a worker that is there for nothing, and does not take it any more. */
  void refuse(TaskId worker, TaskProcess.Identity identity, String conflict) {
    synchronized (this) {
      if (refused.putIfAbsent(identity.incarnation(), worker) != null) {
        return;
      }
    }
    say.accept("refused: " + conflict);
    probe.tell(worker, WorkQueue.Item.refused(conflict));
  }

  private synchronized boolean isRefused(TaskProcess.Identity identity) {
    return refused.containsKey(identity.incarnation());
  }

  /** The first parameter server that is not there any more, or only as another process. */
  Optional<TaskId> lostServer() {
    Map<TaskId, TaskProcess.Identity> known;
    synchronized (this) {
      known = Map.copyOf(servers);
    }
    return site.tasks(TaskId.Role.PS).stream()
        .filter(known::containsKey)
        .filter(
            server ->
                !probe
                    .identity(server)
                    .map(requireNonNull(known.get(server))::isSameProcess)
                    .orElse(false))
        .findFirst();
  }

  /** Says something to the user. */
  void say(String line) {
    say.accept(line);
  }

  /** Waits a little before the next look at a task that is absent. */
  static void pause() throws InterruptedException {
    TimeUnit.MILLISECONDS.sleep(LOOK);
  }
}
