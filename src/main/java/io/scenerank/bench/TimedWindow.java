package io.scenerank.bench;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;

/**
 * What a stretch of time came to.
 *
 * @param workload its name
 * @param calls calls that were finished
 * @param rows rows that they worked on
 * @param seconds time that they took together
 * @param medianMs middle of the calls' times, in milliseconds
 * @param p99Ms time that 99 of 100 calls stay below, in milliseconds
 * @param rowsPerSecond rows over seconds
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
record TimedWindow(
    String workload,
    int calls,
    long rows,
    double seconds,
    double medianMs,
    double p99Ms,
    double rowsPerSecond) {

  /**
   * Calls until the time is over, at least once.
   *
   * @param seconds how long
   */
  public static TimedWindow measure(Workload workload, double seconds) {
    DoubleSamples milliseconds = new DoubleSamples();
    long begin = System.nanoTime();
    long end = begin + (long) (seconds * 1e9);
    long now = begin;
    do {
      workload.call();
      long done = System.nanoTime();
      milliseconds.add((done - now) / 1e6);
      now = done;
    } while (now < end);
    return of(workload, milliseconds, (now - begin) / 1e9);
  }

  private static TimedWindow of(Workload workload, DoubleSamples milliseconds, double seconds) {
    long rows = (long) milliseconds.size() * workload.rowsPerCall();
    return new TimedWindow(
        workload.name(),
        milliseconds.size(),
        rows,
        seconds,
        milliseconds.median(),
        milliseconds.quantile(0.99),
        rows / seconds);
  }
}
