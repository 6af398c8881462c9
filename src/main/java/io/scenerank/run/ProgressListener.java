package io.scenerank.run;

import io.scenerank.PublicApi;

/**
 * Hears how far long work is: lines that are worth keeping, and the progress of one stretch of work
 * after another. It is called often and from any thread; what it throws ends the work.
 */
@PublicApi
public interface ProgressListener {
  /** Ignores everything. */
  ProgressListener NONE = new ProgressListener() {};

  /** Hears a line: a note, a warning, the metrics of an epoch. */
  default void line(String text) {}

  /** A new stretch of work begins. */
  default void start() {}

  /**
   * Hears how far the current stretch of work is.
   *
   * @param what the work, in a few words
   * @param done how much is done of {@code total}
   * @param unit of what, for example {@code rows}
   */
  default void update(String what, long done, long total, String unit) {}
}
