package io.scenerank.service;

import java.time.Duration;
import java.util.Optional;

/**
 * Until when a call may wait.
 *
 * @param limited whether there is a limit
 * @param end in nanoseconds of {@link System#nanoTime}
 * @param limit as the caller gave it, for messages
 */
record Deadline(boolean limited, long end, Duration limit) {
  static Deadline of(Optional<Duration> timeout) {
    return timeout
        .map(limit -> new Deadline(true, System.nanoTime() + limit.toNanos(), limit))
        .orElseGet(() -> new Deadline(false, 0, Duration.ZERO));
  }

  boolean isOver() {
    return limited && System.nanoTime() - end >= 0;
  }

  /** Nanoseconds that are left; at least 0. */
  long left() {
    return Math.max(0, end - System.nanoTime());
  }

  /**
   * @throws RefusedException.DeadlineExceeded if it is over
   */
  void require() {
    if (isOver()) {
      throw exceeded();
    }
  }

  RefusedException.DeadlineExceeded exceeded() {
    return new RefusedException.DeadlineExceeded(
        "the call was not computed within " + limit.toMillis() + " ms");
  }
}
