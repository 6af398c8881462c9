package io.scenerank.cluster.local;

import com.google.common.base.Ticker;
import com.google.common.collect.ArrayListMultimap;
import com.google.common.collect.ListMultimap;
import io.scenerank.cluster.ClusterSpec.TaskId;
import java.time.Duration;

/** Counts how often a process died lately, so that one that always dies is not started forever. */
final class RestartLimit {
  /** So often it may die within the time. */
  static final int MOST = 5;

  static final Duration WITHIN = Duration.ofMinutes(1);

  private final Ticker clock;
  private final ListMultimap<TaskId, Long> times = ArrayListMultimap.create();

  RestartLimit(Ticker clock) {
    this.clock = clock;
  }

  /** Counts a death; returns whether they have become too many. */
  boolean tooMany(TaskId task) {
    long now = clock.read();
    times.get(task).removeIf(time -> now - time >= WITHIN.toNanos());
    times.put(task, now);
    return times.get(task).size() > MOST;
  }
}
