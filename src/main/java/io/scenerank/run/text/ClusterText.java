package io.scenerank.run.text;

import io.scenerank.train.ClusterMetrics;
import java.util.Locale;

/** What several machines do, in a few words. */
public final class ClusterText {
  private ClusterText() {}

  /** For example {@code 2 of 3 workers at 12,345 samples/s staleness 0.8, at most 3}. */
  public static String of(ClusterMetrics figures) {
    String workers =
        String.format(
            Locale.ROOT,
            "%d of %d workers at %,.0f samples/s",
            figures.presentWorkers(),
            figures.workers().size(),
            figures.samplesPerSecond());
    return figures.maxStaleness() == 0
        ? workers
        : String.format(
            Locale.ROOT,
            "%s  staleness %.1f, at most %d",
            workers,
            figures.meanStaleness(),
            figures.maxStaleness());
  }
}
